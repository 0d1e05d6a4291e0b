/** Everything that is chosen before the first way is asked. */
import { changeSetup } from '../../state/commands/studySetup';
import { modelOf, useMachine } from '../../state/machine';
import { useProject } from '../../state/project';
import { useStudySetup } from '../../state/studySetup';
import { count } from '../common/format';
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
  const labels = classesOfData.map(({ label }) => label);
  return (
    <>
      <ArmList layers={layers} />
      {labels.length > 0 && <WordsSetup key={labels.join('\n')} labels={labels} />}
      <CurveSetup />
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
    </>
  );
}
