// Whether the page is as narrow as a telephone.

import {useEffect, useState} from 'preact/hooks';

const media = matchMedia('(max-width: 760px)');

export function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(media.matches);
  useEffect(() => {
    const onChange = () => setNarrow(media.matches);
    media.addEventListener('change', onChange);
    return () => media.removeEventListener('change', onChange);
  }, []);
  return isNarrow;
}
