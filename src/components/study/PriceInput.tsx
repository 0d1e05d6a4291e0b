/** What a million prompt tokens cost, in whatever currency the reader thinks in. */
import type { NumberField } from '../../engine/core/fields';
import { NumberControl } from '../fields/NumberControl';

const PRICE: NumberField = {
  kind: 'number',
  key: 'pricePerMillion',
  label: 'Price of a million tokens',
  term: 'Price per million prompt tokens',
  help: 'In your currency. Only the tokens a model reads are counted; what it costs to run a model of your own is another matter.',
  level: 'simple',
  default: 0.15,
  min: 0,
  max: 10_000,
  step: 0.05,
  integer: false,
};

interface PriceInputProps {
  value: number;
  onChange: (value: number) => void;
}

export function PriceInput({ value, onChange }: PriceInputProps) {
  return (
    <NumberControl
      field={PRICE}
      value={value}
      onChange={(price) => {
        if (price >= PRICE.min && price <= PRICE.max) onChange(price);
      }}
      onReset={() => onChange(PRICE.default)}
    />
  );
}
