// One of a few, side by side.

interface Props {
  readonly label: string;
  readonly value: string;
  readonly options: readonly {readonly value: string; readonly text: string; readonly count?: number}[];
  readonly onChoose: (value: string) => void;
}

export const Choices = ({label, value, options, onChoose}: Props) => (
  // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in a line everywhere
  <div class="choices" role="group" aria-label={label}>
    {options.map(({value: each, text, count}) => (
      <button type="button" key={each} aria-pressed={each === value} onClick={() => onChoose(each)}>
        {text}
        {count !== undefined && <span class="count">{count}</span>}
      </button>
    ))}
  </div>
);
