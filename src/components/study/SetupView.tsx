/** Everything that is chosen before the first way is asked. */
import { changeSetup } from '../../state/commands/studySetup';
import { modelOf, useMachine } from '../../state/machine';
import { useProject } from '../../state/project';
import { chosenArms, useStudySetup } from '../../state/studySetup';
import { useShown } from '../../state/workshop';
import { count } from '../common/format';
import { PlannedWays } from '../workshop/PlannedWays';
import { ArmList } from './ArmList';
import { CurveSetup } from './CurveSetup';
import { Fold } from './Fold';
import { PriceInput } from './PriceInput';
import { SituationForm } from './SituationForm';
import classes from './setup.module.css';
import { WordsSetup } from './WordsSetup';

const NO_CLASSES: readonly { label: string }[] = [];

export function SetupView() {
  const model = useMachine((machine) => machine);
  const modelId = useProject((project) => project.model?.id);
  const classesOfData = useProject((project) => project.report?.classes ?? NO_CLASSES);
  const setup = useStudySetup((state) => state);
  const layers = modelOf(model, modelId)?.shape.layers ?? 0;
  const { situation } = setup;
  const show = useShown();
  // Where rows go to another address, the room must see to which, and say yes.
  const reaches = chosenArms(setup).some(({ spec }) => spec.reach !== 'tab');
  const labels = classesOfData.map(({ label }) => label);
  return (
    <>
      {show.setup || reaches ? <ArmList layers={layers} /> : <PlannedWays />}
      {show.prompts && labels.length > 0 && <WordsSetup key={labels.join('\n')} labels={labels} />}
      {show.setup && <CurveSetup />}
      {show.questions && (
        <Fold
          title="What is it for?"
          lead={
            situation
              ? `Changes ${situation.changes}, ${count(situation.rowsPerDay)} rows a day${situation.stayInside ? ', rows stay in the house' : ''}.`
              : 'Not answered: the advice will go by the figures alone.'
          }
          what="the answers"
        >
          <div className={classes.stack}>
            <SituationForm value={situation} onChange={(next) => changeSetup({ situation: next })} />
            <div className={classes.price}>
              <PriceInput
                value={setup.pricePerMillion}
                onChange={(pricePerMillion) => changeSetup({ pricePerMillion })}
              />
            </div>
          </div>
        </Fold>
      )}
    </>
  );
}
