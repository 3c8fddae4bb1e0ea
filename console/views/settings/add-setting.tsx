// A setting of which there can be many, such as the capacity of a domain.

import {useState} from 'preact/hooks';

export function AddSetting({onAdd}: {readonly onAdd: (name: string) => void}) {
  const [name, setName] = useState('');
  return (
    <form
      class="add-setting end"
      onSubmit={event => {
        event.preventDefault();
        if (name.trim() === '') return;
        onAdd(name.trim());
        setName('');
      }}
    >
      <input
        type="text"
        aria-label="Name of a setting to add"
        placeholder="capacity/example.org"
        autocomplete="off"
        spellcheck={false}
        value={name}
        onInput={({currentTarget}) => setName(currentTarget.value)}
      />
      <button type="submit">Add</button>
    </form>
  );
}
