/** Routes: one screen per step, each loaded when it is first opened. */
import { Group, Loader, Text } from '@mantine/core';
import { lazy, Suspense, useEffect } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { DataScreen } from './components/data/DataScreen';
import { OpenRun } from './components/runs/OpenRun';
import { RunsScreen } from './components/runs/RunsScreen';
import { Shell } from './components/shell/Shell';
import { OpenStudy } from './components/study/OpenStudy';
import { visit } from './state/commands/settings';
import { start } from './state/commands/start';
import { STEPS } from './state/journey';

const LOADERS = {
  model: async () => ({ default: (await import('./components/model/ModelScreen')).ModelScreen }),
  method: async () => ({ default: (await import('./components/method/MethodScreen')).MethodScreen }),
  train: async () => ({ default: (await import('./components/train/TrainScreen')).TrainScreen }),
  compare: async () => ({ default: (await import('./components/compare/CompareScreen')).CompareScreen }),
  export: async () => ({ default: (await import('./components/export/ExportScreen')).ExportScreen }),
  study: async () => ({ default: (await import('./components/workshop/StudyRoute')).StudyRoute }),
};
const BenchScreen = lazy(async () => ({
  default: (await import('./components/bench/BenchScreen')).BenchScreen,
}));
const ModelScreen = lazy(LOADERS.model);
const MethodScreen = lazy(LOADERS.method);
const TrainScreen = lazy(LOADERS.train);
const CompareScreen = lazy(LOADERS.compare);
const ExportScreen = lazy(LOADERS.export);
const StudyRoute = lazy(LOADERS.study);

export function App() {
  const [path] = useLocation();
  useEffect(() => {
    // The other screens come along once the first one stands, so that the next steps work without a network.
    void start().then(() => {
      for (const load of Object.values(LOADERS)) void load();
    });
  }, []);
  useEffect(() => {
    const step = STEPS.find((candidate) => path.startsWith(candidate.path));
    if (step) visit(step.id);
  }, [path]);
  return (
    <Shell>
      <Suspense fallback={<Opening />}>
        <Switch>
          <Route path="/data" component={DataScreen} />
          <Route path="/model" component={ModelScreen} />
          <Route path="/method" component={MethodScreen} />
          <Route path="/train" component={TrainScreen} />
          <Route path="/compare" component={CompareScreen} />
          <Route path="/export" component={ExportScreen} />
          <Route path="/prompt-or-tune" component={StudyRoute} />
          <Route path="/studies/:id" component={OpenStudy} />
          <Route path="/runs" component={RunsScreen} />
          <Route path="/runs/:id" component={OpenRun} />
          <Route path="/bench" component={BenchScreen} />
          <Route>
            <Redirect to="/data" replace />
          </Route>
        </Switch>
      </Suspense>
    </Shell>
  );
}

function Opening() {
  return (
    <Group m="xl" gap="sm" role="status">
      <Loader size="sm" aria-hidden />
      <Text c="dimmed">Opening the screen</Text>
    </Group>
  );
}
