/** Table rows to conversations, whatever shape they come in; every row that cannot be used says why. */
import type { WritingShape } from '../../core/writing';
import { RAW_LIMIT, type RejectedRow, type Table } from '../table';
import { cut, plural } from '../words';
import { CHAT_ERRORS, type ChatError, type ChatErrorCode, readMessages } from './chat';
import type { Conversation, Turn } from './conversation';
import { columnOf, parseRowTemplate } from './rowTemplate';

/** One of the named errors of a chat file, with its first place. */
export interface ChatProblem {
  code: ChatErrorCode;
  title: string;
  /** The way out. */
  hint: string;
  /** Messages (or rows, where the row as a whole is meant) it is found in. */
  count: number;
  line: number;
  /** 'messages[1].content'; '' for the row. */
  field: string;
}

/** conversations + rejected = the records in the file. */
export interface ConversationSet {
  conversations: readonly Conversation[];
  /** In file order, the reader's own among them. */
  rejected: readonly RejectedRow[];
  /** In the order of CHAT_ERRORS; none for other shapes. */
  problems: readonly ChatProblem[];
  /** What was left out of rows that are used, with counts. */
  notes: readonly string[];
}

const inOrder = (rows: readonly RejectedRow[]): RejectedRow[] => [...rows].sort((a, b) => a.line - b.line);

/** The reader's code for a JSON value that is no object, which has a name of its own in chat files. */
function byChatName(row: RejectedRow): RejectedRow {
  return row.code === 'not-an-object' ? { ...row, code: 'data_type' } : row;
}

/** What a tool call is refused for counts before what its message lacks. */
function firstError(errors: readonly ChatError[]): ChatError | undefined {
  return errors.find(({ code }) => code === 'tool_call') ?? errors[0];
}

function fromChat(table: Table, column: string): ConversationSet {
  const at = columnOf(table, column, 'shape');
  const conversations: Conversation[] = [];
  const rejected = table.rejected.map(byChatName);
  const found = rejected
    .filter(({ code }) => code === 'data_type')
    .map(({ line }) => ({ code: 'data_type' as ChatErrorCode, line, field: '' }));
  let named = 0;
  let after = 0;
  table.rows.forEach((cells, row) => {
    const line = table.lines[row] ?? 0;
    const read = readMessages(cells[at] ?? '', column);
    const first = firstError(read.errors);
    if (first === undefined) {
      conversations.push({ row, turns: read.turns });
      named += read.named;
      after += read.after;
      return;
    }
    found.push(...read.errors.map(({ code, field }) => ({ code, line, field })));
    const more = read.errors.length > 1 ? `, and ${plural(read.errors.length - 1, 'more error')}` : '';
    const reason = `“${first.field}” ${first.reason}${more}. ${CHAT_ERRORS[first.code].hint}`;
    rejected.push({ line, code: first.code, reason, raw: cut(cells[at] ?? '', RAW_LIMIT) });
  });
  const problems = (Object.keys(CHAT_ERRORS) as ChatErrorCode[]).flatMap((code): ChatProblem[] => {
    const own = found.filter((one) => one.code === code);
    const first = own.reduce((least, one) => (one.line < least.line ? one : least), own[0] ?? { line: 0 });
    const { line, field = '' } = first as { line: number; field?: string };
    return own.length === 0 ? [] : [{ code, ...CHAT_ERRORS[code], count: own.length, line, field }];
  });
  const notes = [
    ...(named > 0 ? [`${plural(named, 'speaker’s name is', 'speakers’ names are')} left out.`] : []),
    ...(after > 0
      ? [
          `${plural(after, 'message')} after the last answer of a conversation ${after === 1 ? 'is' : 'are'} left out.`,
        ]
      : []),
  ];
  return { conversations, rejected: inOrder(rejected), problems, notes };
}

type ColumnShape = Extract<WritingShape, { kind: 'columns' }>;

function fromColumns(table: Table, shape: ColumnShape): ConversationSet {
  const system = /\{\{/.test(shape.system) ? parseRowTemplate(shape.system, table, 'system text') : null;
  const prompt = parseRowTemplate(shape.prompt, table, 'prompt');
  const completion = parseRowTemplate(shape.completion, table, 'completion');
  const conversations: Conversation[] = [];
  const rejected = [...table.rejected];
  table.rows.forEach((cells, row) => {
    const asked = prompt.fill(cells);
    const answer = completion.fill(cells);
    if (asked !== null && answer !== null) {
      const said = system === null ? shape.system : (system.fill(cells) ?? '');
      const opening: Turn[] = said.trim() === '' ? [] : [{ role: 'system', content: said }];
      const turns: Turn[] = [
        { role: 'user', content: asked },
        { role: 'assistant', content: answer },
      ];
      conversations.push({ row, turns: [...opening, ...turns] });
      return;
    }
    const raw = cut(cells.join(' | '), RAW_LIMIT);
    const [code, reason] =
      asked === null
        ? ['empty-prompt', 'has nothing to ask: every cell of the prompt is empty']
        : ['empty-completion', 'has nothing to learn: the completion is empty'];
    rejected.push({ line: table.lines[row] ?? 0, code, reason, raw });
  });
  return { conversations, rejected: inOrder(rejected), problems: [], notes: [] };
}

/** Texts are kept exactly. @throws unknown-column, bad-setting for a template without a column */
export function toConversations(table: Table, shape: WritingShape): ConversationSet {
  return shape.kind === 'chat' ? fromChat(table, shape.column) : fromColumns(table, shape);
}
