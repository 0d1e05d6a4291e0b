/** Plain words and their exact terms, each with a definition under 40 words and where it comes from. */

export interface GlossaryEntry {
  /** The field's own word. */
  term: string;
  definition: string;
  source: string;
}

const SLP = 'Jurafsky & Martin, Speech and Language Processing, 3rd ed.';
const ESL = 'Hastie, Tibshirani & Friedman, The Elements of Statistical Learning';
const GOODFELLOW = 'Goodfellow, Bengio & Courville, Deep Learning';

export const GLOSSARY = {
  epoch: {
    term: 'Epoch',
    definition: 'One pass in which training sees every training row once.',
    source: GOODFELLOW,
  },
  step: {
    term: 'Optimizer step',
    definition: 'One change of the weights, computed from one batch of rows.',
    source: GOODFELLOW,
  },
  'training-loss': {
    term: 'Training loss (cross-entropy)',
    definition:
      'How surprised the model is by the right answers on rows it learns from, in nats. 0 is never surprised; guessing among 12 classes gives 2.48.',
    source: SLP,
  },
  'validation-loss': {
    term: 'Validation loss (cross-entropy)',
    definition:
      'The same surprise on rows kept out of training. When it rises while the training loss falls, the model is memorising.',
    source: GOODFELLOW,
  },
  overfitting: {
    term: 'Overfitting',
    definition:
      'Getting better on the rows it has seen and worse on rows it has not: memorising instead of learning.',
    source: ESL,
  },
  'early-stopping': {
    term: 'Early stopping',
    definition:
      'Ending training when the validation loss has stopped falling, and keeping the weights of the best check.',
    source: 'Prechelt 1998, Early Stopping: But When?',
  },
  checkpoint: {
    term: 'Checkpoint',
    definition:
      'Everything needed to go on from a step, saved: weights, optimizer state, random numbers and row order.',
    source: GOODFELLOW,
  },
  'learning-rate': {
    term: 'Learning rate',
    definition: 'How far the weights move at each step. It grows during warm-up and then shrinks.',
    source: GOODFELLOW,
  },
  accuracy: {
    term: 'Accuracy',
    definition: 'The share of rows on which the model names the right class.',
    source: SLP,
  },
  'macro-f1': {
    term: 'Macro F1',
    definition:
      'F1 (the balance of how many it finds and how many it finds rightly) per class, averaged so that a rare class counts as much as a common one.',
    source: 'Sokolova & Lapalme 2009',
  },
  precision: {
    term: 'Precision',
    definition: 'Of the rows the model put in this class, the share that belongs there.',
    source: SLP,
  },
  recall: {
    term: 'Recall',
    definition: 'Of the rows that belong in this class, the share that the model found.',
    source: SLP,
  },
  interval: {
    term: '95 % confidence interval',
    definition:
      'The range of true values that fit this measurement. With few test rows it is wide, and small differences mean nothing.',
    source: 'Wilson 1927 for shares; Efron 1979 (bootstrap) for the rest',
  },
  mcnemar: {
    term: 'Exact McNemar test',
    definition:
      'Compares two models on the same rows by the rows where only one is right. A small p means that chance alone would rarely do this. In a study every p carries Holm’s correction: of many comparisons some look large by luck.',
    source: 'McNemar 1947; Dietterich 1998; Holm 1979',
  },
  'training-time': {
    term: 'Training time',
    definition:
      'From the rows to what answers. Ways that learn from the untouched model’s vectors share one reading of the rows; each is charged with it, as it would have to read them alone.',
    source: 'measured here',
  },
  'zero-shot': {
    term: 'Zero-shot classification',
    definition:
      'The untouched model, asked without any examples: the class whose description is closest in meaning to the text wins.',
    source: 'Yin, Hay & Roth 2019',
  },
  baseline: {
    term: 'Baseline',
    definition: 'A cheap way to do the same task. Tuning is worth its price only when it beats it.',
    source: ESL,
  },
  majority: {
    term: 'Majority-class baseline',
    definition: 'Always answers with the most common class. Any useful model must beat it.',
    source: SLP,
  },
  probe: {
    term: 'Linear probe (head on frozen features)',
    definition: 'The model reads without changing; only a small linear classifier on top is fitted.',
    source: 'Alain & Bengio 2016',
  },
  'confusion-matrix': {
    term: 'Confusion matrix',
    definition: 'A table that counts, for every true class, which class the model answered.',
    source: SLP,
  },
  confidence: {
    term: 'Softmax probability',
    definition: 'The probability that the model itself gives to its answer. It can be over-confident.',
    source: 'Guo et al. 2017',
  },
  calibration: {
    term: 'Expected calibration error',
    definition:
      'How far confidence and being right lie apart on average: at 80 % confidence it should be right 8 times in 10.',
    source: 'Guo et al. 2017',
  },
  arm: {
    term: 'Arm (of a comparison)',
    definition:
      'One of the ways that are compared: all get the same rows, and nothing else differs between them.',
    source: 'Fisher 1935, The Design of Experiments',
  },
  latency: {
    term: 'Latency (median)',
    definition: 'The time one row takes on its own, on this machine. Half of the rows took longer.',
    source: 'Dean & Barroso 2013, The Tail at Scale',
  },
  'token-price': {
    term: 'Price per prompt token',
    definition:
      'What the tokens that a model reads would cost at the price you set: the text itself and every word of the prompt around it.',
    source: SLP,
  },
  'few-shot': {
    term: 'Few-shot prompting',
    definition: 'The untouched model is shown a few examples of each label and answers by likeness to them.',
    source: 'Brown et al. 2020; Snell et al. 2017 (class means)',
  },
  'learning-curve': {
    term: 'Learning curve',
    definition:
      'The score against the number of training rows. Where it is still rising, more rows would help; where it is flat, they would not.',
    source: ESL,
  },
  lora: {
    term: 'LoRA (low-rank adaptation)',
    definition: 'Leaves the model as it is and trains two thin matrices beside chosen weights.',
    source: 'Hu et al. 2021',
  },
  'fine-tuning': {
    term: 'Fine-tuning',
    definition: 'Going on with the training of a finished model on your own rows.',
    source: 'Howard & Ruder 2018',
  },
  parameters: {
    term: 'Parameters (weights)',
    definition:
      'The numbers inside a model. Training changes them; how many may change is the method’s choice.',
    source: GOODFELLOW,
  },
  token: {
    term: 'Token',
    definition:
      'The piece of text a model reads at once: a word, or part of a rarer word. 100 English words are about 130 tokens.',
    source: SLP,
  },
  'max-length': {
    term: 'Maximum sequence length',
    definition: 'The most tokens the model reads of one text. What follows is cut off and never seen.',
    source: 'Devlin et al. 2018',
  },
  'training-rows': {
    term: 'Training set',
    definition: 'The rows the model learns from.',
    source: ESL,
  },
  'validation-rows': {
    term: 'Validation set',
    definition: 'Rows kept out of training and looked at while training, to see when to stop.',
    source: ESL,
  },
  'test-rows': {
    term: 'Test set',
    definition: 'Rows that nothing looks at until the end. Only they say how good the model really is.',
    source: ESL,
  },
  stratified: {
    term: 'Stratified split',
    definition:
      'Every part gets each class in the same proportion, and copies of one text always go to the same part.',
    source: 'Kohavi 1995',
  },
  seed: {
    term: 'Random seed',
    definition:
      'The number that fixes every random choice. The same seed gives the same split and the same run.',
    source: GOODFELLOW,
  },
  leakage: {
    term: 'Data leakage',
    definition:
      'Test rows that also stand in training: the model has seen the answers, and its score is too good.',
    source: 'Kaufman et al. 2012',
  },
  encoding: {
    term: 'Character encoding',
    definition: 'How the bytes of a file stand for letters. The wrong one turns é into Ã©.',
    source: 'Unicode Standard; WHATWG Encoding',
  },
  delimiter: {
    term: 'Delimiter',
    definition: 'The character between two columns, usually a comma, a semicolon or a tab.',
    source: 'RFC 4180',
  },
  quote: {
    term: 'Quote character',
    definition: 'The character around a field that may hold line breaks or the column separator itself.',
    source: 'RFC 4180',
  },
  header: {
    term: 'Header row',
    definition: 'The first row, when it holds the names of the columns instead of data.',
    source: 'RFC 4180',
  },
  classes: {
    term: 'Classes (labels)',
    definition: 'The different answers the model can give, one per row.',
    source: SLP,
  },
  webgpu: {
    term: 'WebGPU',
    definition: 'The browser’s way to compute on the graphics card.',
    source: 'W3C WebGPU',
  },
  wasm: {
    term: 'WebAssembly',
    definition: 'The browser’s way to compute at near full speed on the processor.',
    source: 'W3C WebAssembly Core',
  },
  safetensors: {
    term: 'safetensors',
    definition: 'A file of model weights that holds only numbers and can run no code.',
    source: 'Hugging Face, safetensors format',
  },
} as const satisfies Record<string, GlossaryEntry>;

export type GlossaryId = keyof typeof GLOSSARY;
