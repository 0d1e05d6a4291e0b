/**
 * Which part may import which, each with the reason why. `npm run layers` checks it.
 *   main → components → state → workers/client → workers/protocol;  workers/* → engine;
 *   in the engine: core ← backend, data ← text ← model ← tuning ← training; evaluation and export beside them.
 * Tests may reach across stages; they check that the stages fit.
 */
const TEST = '[.]test[.]tsx?$|/test[A-Z][^/]*$';
const MODULES = '(^|/)node_modules/';

const only = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: TEST },
  // Packages are ruled apart from the house's own folders.
  to: { path: '^src/', pathNot: to },
});

const packages = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to: { path: to } });

const stage = (name, comment, earlier) =>
  only(
    `stage-${name}`,
    comment,
    `^src/engine/${name}/`,
    ['core', ...earlier, name].map((folder) => `^src/engine/${folder}/`),
  );

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Two modules that need each other are one module cut in the wrong place, and neither can be read alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A module that nothing imports is dead, or is an entry that belongs in this list of entries.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [TEST, '^src/main[.]tsx$', '^src/workers/(engine|kernel)[.]worker[.]ts$'],
      },
      to: {},
    },
    {
      name: 'no-unresolved',
      comment: 'An import that leads nowhere fails in the browser, where it is dearest to find.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },

    only(
      'components-see-state-and-specs',
      'A component draws state and calls commands. Of the engine it may know specs, data shapes and pure arithmetic, so that no TensorFlow.js and no engine work can reach the page.',
      '^src/components/',
      [
        '^src/components/',
        '^src/state/',
        '^src/workers/protocol[.]ts$',
        '^src/engine/catalog[.]ts$',
        '^src/engine/core/',
        '^src/engine/evaluation/',
        '^src/engine/(tuning|training|arms)/.*\\bspecs?[.]ts$',
      ],
    ),
    only(
      'state-sees-the-bridge',
      'State asks the engine through the client alone: the engine runs in another thread, and a direct import would run it in the page.',
      '^src/state/',
      [
        '^src/state/',
        '^src/workers/(client|protocol)[.]ts$',
        '^src/engine/catalog[.]ts$',
        '^src/engine/core/',
        '^src/engine/arms/.*\\bspecs?[.]ts$',
      ],
    ),
    only(
      'headless-is-a-page-without-screens',
      'The command line drives the same worker by the same calls as the screens, else it would measure another program.',
      '^src/headless/',
      [
        '^src/headless/',
        '^src/workers/(client|protocol)[.]ts$',
        '^src/engine/catalog[.]ts$',
        '^src/engine/core/',
        '^src/engine/(tuning|training|arms)/.*\\bspecs?[.]ts$',
        '^src/engine/export/(predictionsCsv|studyCsv|studyPage)[.]ts$',
      ],
    ),
    only(
      'client-sees-the-protocol',
      'The client carries messages; what they mean is the caller’s and the engine’s business.',
      '^src/workers/client[.]ts$',
      ['^src/workers/protocol[.]ts$', '^src/engine/core/(errors|pageQuestions)[.]ts$'],
    ),
    only(
      'protocol-is-data',
      'Both threads load the protocol, so it may hold schemas of plain data and no code of either side.',
      '^src/workers/protocol[.]ts$',
      ['^src/engine/core/', '^src/engine/data/table[.]ts$'],
    ),
    only(
      'worker-serves-the-engine',
      'The worker answers calls with the engine; it knows no page, or it could not be killed and made anew.',
      '^src/workers/(?!client[.]ts$|protocol[.]ts$)',
      ['^src/workers/(?!client[.]ts$)', '^src/engine/'],
    ),

    only(
      'engine-is-headless',
      'The engine runs in a worker, in Node and in tests; it can import nothing that needs a page.',
      '^src/engine/',
      ['^src/engine/'],
    ),
    packages(
      'engine-knows-no-framework',
      'React and zustand belong to the page; the engine runs where there is none.',
      { path: '^src/(engine|workers)/', pathNot: TEST },
      `${MODULES}(react|react-dom|zustand|wouter|@mantine|@tabler|recharts)/`,
    ),
    packages(
      'page-knows-no-tensors',
      'TensorFlow.js in the page would double what is loaded and freeze the screen while it works.',
      { path: '^src/(?!engine/|workers/)', pathNot: TEST },
      `${MODULES}@tensorflow/`,
    ),
    packages(
      'backends-in-one-place',
      'Devices, kernels and their traps stay behind engine/backend; everything else is written in plain tensor operations. The worker only names the files of the WASM build.',
      { path: '^src/', pathNot: [TEST, '^src/engine/backend/', '^src/workers/wasmFiles[.]ts$'] },
      `${MODULES}@tensorflow/tfjs-backend-`,
    ),
    packages(
      'tensors-where-models-are',
      'Reading, splitting, tokenizing, scoring and exporting work on plain arrays, which tests and people can look at.',
      { path: '^src/engine/(core|data|evaluation|export|catalog[.]ts)', pathNot: TEST },
      `${MODULES}@tensorflow/`,
    ),

    only('stage-core', 'Everything stands on core, so core stands on nothing.', '^src/engine/core/', [
      '^src/engine/core/',
    ]),
    stage('backend', 'A device does not know what is computed on it.', []),
    stage('data', 'Rows are read and checked before any device or model is thought of.', []),
    stage('text', 'Tokens come from rows; the model they are for is a file of words to this stage.', [
      'data',
    ]),
    stage('model', 'A model takes tokens; how it will be tuned is not its business.', [
      'backend',
      'data',
      'text',
    ]),
    stage('tuning', 'A method wraps a model; how its weights are moved is not its business.', [
      'backend',
      'data',
      'text',
      'model',
    ]),
    stage('training', 'Training moves what a method declares; it neither judges nor packs the result.', [
      'backend',
      'data',
      'text',
      'model',
      'tuning',
    ]),
    stage('bench', 'The bench times the engine and what it is built on; nothing of a run depends on it.', [
      'backend',
      'data',
      'text',
      'model',
      'tuning',
      'training',
    ]),
    only(
      'stage-evaluation',
      'A score must not depend on how the predictions came about; advice may know what an arm is, not run it.',
      '^src/engine/evaluation/',
      ['^src/engine/(core|model|tuning|evaluation)/', '^src/engine/arms/.*\\bspecs?[.]ts$'],
    ),
    only(
      'stage-export',
      'An export packs weights and a report; it trains and scores nothing, and may know what an arm is.',
      '^src/engine/export/',
      ['^src/engine/(core|text|model|tuning|export)/', '^src/engine/arms/.*\\bspecs?[.]ts$'],
    ),
    only(
      'catalog-is-specs',
      'The page loads the catalogue, so it holds descriptions and no code that works.',
      '^src/engine/catalog[.]ts$',
      ['^src/engine/core/', '^src/engine/.*\\bspecs?[.]ts$'],
    ),
    {
      name: 'specs-are-light',
      comment: 'A spec is loaded by the page; it may describe with core’s types and other specs alone.',
      severity: 'error',
      from: { path: '^src/engine/.*\\bspecs?[.]ts$' },
      to: { pathNot: ['^src/engine/core/', '^src/engine/.*\\bspecs?[.]ts$'] },
    },
    {
      name: 'pipeline-alone-joins',
      comment:
        'Only the pipeline joins stages, so that one file tells the whole run; a stage that calls it back would hide a part of the story.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          TEST,
          '^src/engine/pipeline([.]ts$|/)',
          '^src/engine/(arms|study)([.]ts$|/)',
          '^src/workers/',
        ],
      },
      to: { path: '^src/engine/pipeline([.]ts$|/)' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    moduleSystems: ['es6'],
    doNotFollow: { path: MODULES },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'browser', 'default', 'types'],
    },
  },
};
