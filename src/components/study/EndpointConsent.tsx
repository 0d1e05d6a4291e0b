/** Before rows leave the tab: where they go, how much it is, the key, and a plain yes that is off until given. */
import { Alert, Checkbox, PasswordInput, Stack, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { EngineError } from '../../engine/core/errors';
import { tokenCost } from '../../engine/core/outside';
import { count, figure, plural } from '../common/format';
import classes from './setup.module.css';

interface EndpointConsentProps {
  /** Where it asks, or why it cannot. */
  url: URL | EngineError;
  model: string;
  /** Test rows that will be sent. */
  rows: number;
  /** Training rows of each label that are sent with each of them. */
  shots: number;
  /** An estimate for a whole question and its answer; null while unknown. */
  tokens: { prompt: number; completion: number } | null;
  /** No more than this is used in all. */
  tokenLimit: number;
  /** Of a million tokens. */
  prices: { prompt: number; completion: number };
  agreed: boolean;
  secret: string;
  onAgree: (agreed: boolean) => void;
  onSecret: (secret: string, origin: string) => void;
}

export function EndpointConsent({ url, agreed, secret, onAgree, onSecret, ...what }: EndpointConsentProps) {
  if (url instanceof EngineError) {
    return (
      <Alert color="red" title="Rows cannot be sent there">
        {url.message} {url.hint}
      </Alert>
    );
  }
  return (
    <Alert
      classNames={{
        root: classes.consent ?? '',
        title: classes.consentMark ?? '',
        icon: classes.consentMark ?? '',
      }}
      icon={<IconUpload aria-hidden />}
      title="Rows will leave this tab"
    >
      <Stack gap="sm">
        <Text size="sm">
          {plural(what.rows, 'test row')} and the label descriptions are sent to {what.model} at{' '}
          <strong>{url.href}</strong>, which may keep them. {examples(what.shots)} {amount(what)}
        </Text>
        <PasswordInput
          label="Key"
          description={`If ${url.origin} asks for one. Kept in this tab’s memory alone, sent there alone, gone when the tab closes.`}
          autoComplete="off"
          spellCheck={false}
          value={secret}
          onChange={(event) => onSecret(event.currentTarget.value, url.origin)}
        />
        <Checkbox
          label={`Send these rows to ${url.origin}`}
          checked={agreed}
          onChange={(event) => onAgree(event.currentTarget.checked)}
        />
      </Stack>
    </Alert>
  );
}

function examples(shots: number): string {
  if (shots === 0) return 'No training row is sent.';
  return `With each go up to ${plural(shots, 'training row')} of every label, as examples, or the examples written for it.`;
}

/** 'Roughly 60,000 tokens, which cost 0.012 at the prices set.' */
function amount({
  rows,
  tokens,
  tokenLimit,
  prices,
}: Pick<EndpointConsentProps, 'rows' | 'tokens' | 'tokenLimit' | 'prices'>): string {
  if (!tokens) return '';
  const wanted = rows * (tokens.prompt + tokens.completion);
  const share = wanted > tokenLimit ? tokenLimit / wanted : 1;
  const all = { prompt: share * rows * tokens.prompt, completion: share * rows * tokens.completion };
  const size = `Roughly ${count(Number((all.prompt + all.completion).toPrecision(2)))} tokens`;
  const cost = tokenCost(all, prices);
  return cost > 0 ? `${size}, which cost about ${figure(cost)} at the prices set.` : `${size}.`;
}
