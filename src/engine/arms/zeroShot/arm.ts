import { readDescriptions, zeroShotRows } from '../../pipeline/baseline';
import type { Arm } from '../arm';
import { frozenCosts } from '../frozen';

export const zeroShot: Arm = async function* (input) {
  const { config, data, maxLength, pooled, probe } = input;
  const classes = data.dataset.classes;
  yield { type: 'work', detail: 'Reading the label descriptions', done: 0, total: classes.length };
  const descriptions = await readDescriptions(probe, classes, config, maxLength);
  const [probabilities = []] = zeroShotRows([pooled.test], descriptions);
  const described = classes.filter((label) => config.descriptions[label]?.trim()).length;
  return {
    answers: { probabilities },
    ...(await frozenCosts(input)),
    notes:
      described < classes.length
        ? [
            `${classes.length - described} of ${classes.length} labels have no description: their names were used.`,
          ]
        : [],
  };
};
