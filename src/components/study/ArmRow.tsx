/** One way in the table; what else is known of it opens below. */
import { ActionIcon, Anchor, Button, Table } from '@mantine/core';
import { IconAlertTriangle, IconChevronDown } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { Link } from 'wouter';
import type { ArmReport, StudyReport } from '../../engine/core/study';
import { goOnWithOpened } from '../../state/commands/study';
import { useConsents, withoutConsent } from '../../state/consents';
import { armsToCome } from '../../state/studySetup';
import { figure, percent, plural } from '../common/format';
import { IntervalBar } from '../compare/IntervalBar';
import { rangeText } from '../compare/shareText';
import { askedText, COLUMNS, unansweredText } from './columns';
import { markOf } from './marks';
import { settingLines } from './settingLines';
import { hasAnswers, listed, type Names, tiedWith, tieSentence, versusRange } from './studyText';
import classes from './table.module.css';

interface ArmRowProps {
  arm: ArmReport;
  report: StudyReport;
  names: Names;
  underWay: boolean;
}

export function ArmRow({ arm, report, names, underWay }: ArmRowProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const name = names[arm.id] ?? arm.label;
  const isReference = arm.id === report.config.reference;
  return (
    <>
      <Table.Tr id={`arm-${arm.id}`} tabIndex={-1} className={classes.row} data-open={open || undefined}>
        <Table.Th scope="row" className={classes.name}>
          <span className={classes.nameText}>
            <span>
              {name}
              {isReference && <span className={classes.sub}>the others are compared with it</span>}
            </span>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`More about ${name}`}
              aria-expanded={open}
              aria-controls={id}
              onClick={() => setOpen(!open)}
            >
              <IconChevronDown
                size={17}
                aria-hidden
                className={classes.chevron}
                data-open={open || undefined}
              />
            </ActionIcon>
          </span>
          {hasAnswers(arm) && <Asked arm={arm} report={report} underWay={underWay} />}
        </Table.Th>
        {hasAnswers(arm) ? (
          <Figures arm={arm} report={report} names={names} />
        ) : (
          <Table.Td colSpan={COLUMNS.length}>
            <NoAnswers arm={arm} report={report} underWay={underWay} />
          </Table.Td>
        )}
      </Table.Tr>
      {open && (
        <Table.Tr id={id} className={classes.more}>
          <Table.Td colSpan={COLUMNS.length + 1}>
            <Details arm={arm} arms={report.arms} names={names} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

/** What the score is of, where not of a usable answer to every test row, and the way to the rest. */
function Asked({ arm, report, underWay }: Pick<ArmRowProps, 'arm' | 'report' | 'underWay'>) {
  const told = [askedText(arm, report.data.splits.test), unansweredText(arm)].filter((text) => text !== null);
  return (
    <>
      {told.map((text) => (
        <span key={text} className={classes.sub}>
          {text}
        </span>
      ))}
      {arm.left > 0 && !underWay && (
        <GoOn label={`Ask the other ${plural(arm.left, 'row')}`} report={report} />
      )}
    </>
  );
}

/** Goes on with the study, once somebody agreed to where it sends rows. */
function GoOn({ label, report }: { label: string } & Pick<ArmRowProps, 'report'>) {
  const asks = useConsents((consents) =>
    withoutConsent(armsToCome(report, report.config), report.config, consents),
  );
  return (
    <span className={classes.goOn}>
      <Button size="xs" variant="default" disabled={asks !== null} onClick={() => void goOnWithOpened()}>
        {label}
      </Button>
      {asks && <span className={classes.sub}>Agree above to where rows are sent.</span>}
    </span>
  );
}

function Figures({ arm, report, names }: Pick<ArmRowProps, 'arm' | 'report' | 'names'>) {
  const tie = tieSentence(arm, names);
  return COLUMNS.map(({ id, text }) => (
    <Table.Td key={id} className={`${classes.number} ${id === 'versus' ? classes.versus : ''}`}>
      {id === 'accuracy' ? (
        <div className={classes.score}>
          <strong>{percent(arm.accuracy)}</strong>
          <IntervalBar value={arm.accuracy} interval={arm.ci95.accuracy} mark={markOf(arm.arm)} />
          <span className={classes.sub}>{rangeText(arm.ci95.accuracy)}</span>
        </div>
      ) : (
        text(arm, report.config.pricePerMillion)
      )}
      {id === 'versus' && arm.versus && <span className={classes.sub}>{versusRange(arm.versus)}</span>}
      {id === 'versus' && tie && <span className={classes.tie}>{tie}</span>}
    </Table.Td>
  ));
}

function NoAnswers({ arm, report, underWay }: Pick<ArmRowProps, 'arm' | 'report' | 'underWay'>) {
  const { status, error } = arm;
  return (
    <div className={classes.failed} data-status={status}>
      {status === 'failed' && <IconAlertTriangle size={17} aria-hidden />}
      <span className={classes.failedText}>
        {status === 'skipped' ? 'Skipped.' : (error?.message ?? 'It failed.')}
        {error?.hint && <span className={classes.sub}>{error.hint}</span>}
      </span>
      {!underWay && <GoOn label={status === 'skipped' ? 'Run it now' : 'Try again'} report={report} />}
    </div>
  );
}

/** What the table has no column for. */
function Details({ arm, arms, names }: { arm: ArmReport; arms: readonly ArmReport[]; names: Names }) {
  const settings = settingLines(arm);
  const ties = tiedWith(arm, arms).map((key) => names[key] ?? key);
  return (
    <div className={classes.details}>
      <dl className={classes.facts}>
        {hasAnswers(arm) && (
          <>
            <dt>Macro F1</dt>
            <dd>
              {figure(arm.macro_f1)} ({arm.ci95.macro_f1.map(figure).join(' to ')})
            </dd>
            {arm.ece !== null && (
              <>
                <dt>Calibration error</dt>
                <dd>{percent(arm.ece)}</dd>
              </>
            )}
            <dt>Not told apart from</dt>
            <dd>{ties.length === 0 ? 'none' : listed(ties)}</dd>
          </>
        )}
        <dt>Settings</dt>
        {(settings.length === 0 ? ['the usual ones'] : settings).map((setting) => (
          <dd key={setting} className={classes.setting}>
            {setting}
          </dd>
        ))}
      </dl>
      {arm.notes.map((note) => (
        <p key={note} className={classes.note}>
          {note}
        </p>
      ))}
      {arm.run !== null && (
        <Anchor component={Link} href={`/runs/${arm.run}`} size="sm">
          Open the run in Compare
        </Anchor>
      )}
    </div>
  );
}
