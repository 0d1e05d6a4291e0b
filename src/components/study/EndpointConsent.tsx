/** Before rows leave the tab: where they go, how much it is, the key, and a plain yes that is off until given. */
import { Alert, Checkbox, PasswordInput, Stack, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { EngineError } from '../../engine/core/errors';
import { chatUrl, tokenCost } from '../../engine/core/outside';
import { count, figure, plural } from '../common/format';

/** Held in memory by whoever shows the form, and never stored. */
export interface Consent {
  /** The URL that was agreed to: an address edited later has not been. */
  to: string | null;
  secret: string;
}

interface EndpointConsentProps {
  /** As typed in the arm's settings. */
  address: string;
  model: string;
  /** That will be sent. */
  rows: number;
  /** An estimate for a whole question and its answer; null while unknown. */
  tokens: { prompt: number; completion: number } | null;
  /** Of a million tokens. */
  prices: { prompt: number; completion: number };
  consent: Consent;
  onChange: (consent: Consent) => void;
}

export function EndpointConsent({ address, consent, onChange, ...what }: EndpointConsentProps) {
  const url = chatAddress(address);
  if (url instanceof EngineError) {
    return (
      <Alert color="red" title="Rows cannot be sent there">
        {url.message} {url.hint}
      </Alert>
    );
  }
  return (
    <Alert color="yellow" icon={<IconUpload aria-hidden />} title="Rows will leave this tab">
      <Stack gap="sm">
        <Text size="sm">
          {plural(what.rows, 'test row')}, the label descriptions and the examples are sent to {what.model} at{' '}
          <strong>{url.href}</strong>, which may keep them. {amount(what)}
        </Text>
        <PasswordInput
          label="Key"
          description="If the server asks for one. Kept in this tab’s memory alone, sent to this address alone, gone when the tab closes."
          autoComplete="off"
          spellCheck={false}
          value={consent.secret}
          onChange={(event) => onChange({ ...consent, secret: event.currentTarget.value })}
        />
        <Checkbox
          label={`Send these rows to ${url.origin}`}
          checked={hasConsent(consent, address)}
          onChange={(event) => onChange({ ...consent, to: event.currentTarget.checked ? url.href : null })}
        />
      </Stack>
    </Alert>
  );
}

/** Whether the yes was given for this address. */
export function hasConsent({ to }: Consent, address: string): boolean {
  const url = chatAddress(address);
  return !(url instanceof EngineError) && url.href === to;
}

function chatAddress(address: string): URL | EngineError {
  try {
    return chatUrl(address);
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

/** 'Roughly 60,000 tokens, which cost 0.012 at the prices set.' */
function amount({ rows, tokens, prices }: Pick<EndpointConsentProps, 'rows' | 'tokens' | 'prices'>): string {
  if (!tokens) return '';
  const all = { prompt: rows * tokens.prompt, completion: rows * tokens.completion };
  const size = `Roughly ${count(Number((all.prompt + all.completion).toPrecision(2)))} tokens`;
  const cost = tokenCost(all, prices);
  return cost > 0 ? `${size}, which cost about ${figure(cost)} at the prices set.` : `${size}.`;
}
