import { Button, Kbd } from '@mantine/core';
import { IconLayoutColumns } from '@tabler/icons-react';
import { useMemo, useReducer, useState } from 'react';
import { useShortcuts } from '../../ui/keyboard';
import classes from './evidence.module.css';
import { type Exhibit, exhibitsOf } from './exhibits';
import { ImageViewer } from './image-viewer';
import type { SessionResult } from './queries';
import { changeView, initialView } from './view';

const ZOOM_STEP = 1.25;

interface Props {
  sessionId: string;
  result: SessionResult;
}

/** The documents beside the face, each with its own view. Portrait against selfie is one key away. */
export function Evidence({ sessionId, result }: Props) {
  const { documents, faces } = useMemo(() => exhibitsOf(result), [result]);
  const left = useSide(documents);
  const right = useSide(faces);
  const [activeSide, setActiveSide] = useState<'left' | 'right'>('left');
  const active = activeSide === 'left' ? left : right;
  const portrait = documents.findIndex(({ kind }) => kind === 'portrait');
  const comparing = documents[left.selected]?.kind === 'portrait';

  function compare() {
    left.select(comparing ? 0 : portrait);
  }

  useShortcuts('Evidence', [
    ...documents.map(({ label }, index) => ({
      keys: String(index + 1),
      label,
      run: () => {
        setActiveSide('left');
        left.select(index);
      },
    })),
    ...faces.map(({ label }, index) => ({
      keys: String(documents.length + index + 1),
      label,
      run: () => {
        setActiveSide('right');
        right.select(index);
      },
    })),
    { keys: 'c', label: 'Portrait against selfie', run: () => portrait >= 0 && compare() },
    { keys: 'v', label: 'Other side', run: () => setActiveSide(activeSide === 'left' ? 'right' : 'left') },
    { keys: '+', label: 'Zoom in', run: () => active.dispatch({ type: 'zoom', by: ZOOM_STEP }) },
    { keys: '-', label: 'Zoom out', run: () => active.dispatch({ type: 'zoom', by: 1 / ZOOM_STEP }) },
    { keys: 'r', label: 'Rotate', run: () => active.dispatch({ type: 'rotate' }) },
    { keys: 'b', label: 'Brighter', run: () => active.dispatch({ type: 'brightness', direction: 1 }) },
    { keys: 'B', label: 'Darker', run: () => active.dispatch({ type: 'brightness', direction: -1 }) },
    { keys: '0', label: 'Reset the view', run: () => active.dispatch({ type: 'reset' }) },
  ]);

  return (
    <div className={classes.evidence}>
      <ImageViewer
        title="Documents"
        sessionId={sessionId}
        exhibits={documents}
        selected={left.selected}
        onSelect={left.select}
        view={left.view}
        dispatch={left.dispatch}
        active={activeSide === 'left'}
        onActivate={() => setActiveSide('left')}
        firstKey={1}
      />
      <ImageViewer
        title="Face"
        sessionId={sessionId}
        exhibits={faces}
        selected={right.selected}
        onSelect={right.select}
        view={right.view}
        dispatch={right.dispatch}
        active={activeSide === 'right'}
        onActivate={() => setActiveSide('right')}
        firstKey={documents.length + 1}
      />
      {portrait >= 0 && (
        <Button
          className={classes.compare}
          size="compact-xs"
          variant="default"
          leftSection={<IconLayoutColumns size={14} />}
          aria-pressed={comparing}
          onClick={compare}
        >
          {comparing ? 'Whole document' : 'Portrait beside selfie'}
          <Kbd size="xs" ml={8}>
            c
          </Kbd>
        </Button>
      )}
    </div>
  );
}

/** What one side shows; another picture starts with a fresh view. */
function useSide(exhibits: Exhibit[]) {
  const [chosen, setChosen] = useState(0);
  const [view, dispatch] = useReducer(changeView, initialView);
  const selected = Math.min(chosen, Math.max(0, exhibits.length - 1));
  return {
    selected,
    view,
    dispatch,
    select: (index: number) => {
      setChosen(index);
      dispatch({ type: 'reset' });
    },
  };
}
