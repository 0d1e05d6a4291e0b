/** jax-js, loaded when its memory is watched: it makes it as soon as it is imported. */
import { watchGpu, watchMemories } from '../counters';
import { serveJobs } from '../serveJobs';

serveJobs(async (opening) => {
  watchGpu();
  watchMemories();
  const { startJax } = await import('./jaxJs');
  return startJax(opening);
});
