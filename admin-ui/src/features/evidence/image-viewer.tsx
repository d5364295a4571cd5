import { ActionIcon, Button, Skeleton, Text, Tooltip } from '@mantine/core';
import {
  IconBrightnessDown,
  IconBrightnessUp,
  IconFile,
  IconPhotoOff,
  IconRefresh,
  IconRotateClockwise2,
  IconZoomIn,
  IconZoomOut,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import {
  type Dispatch,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  type RefCallback,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import { ProblemNote } from '../../ui/states';
import type { Exhibit } from './exhibits';
import classes from './image-viewer.module.css';
import { mediaQuery } from './queries';
import type { View, ViewAction } from './view';

const ZOOM_STEP = 1.25;
const PAN_STEP = 40;
/** Around the picture, both sides together. */
const PADDING = 20;
const PICTURES = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif']);

interface ViewerProps {
  title: string;
  sessionId: string;
  exhibits: Exhibit[];
  selected: number;
  onSelect: (index: number) => void;
  view: View;
  dispatch: Dispatch<ViewAction>;
  /** Whether single keys act on this viewer. */
  active: boolean;
  onActivate: () => void;
  /** Number key of the first exhibit. */
  firstKey: number;
}

/** One side of the evidence: what there is, the chosen picture, and the means to look closely. */
export function ImageViewer(props: ViewerProps) {
  const { title, sessionId, exhibits, selected, onSelect, view, dispatch, active, onActivate, firstKey } =
    props;
  const exhibit = exhibits[selected];
  return (
    <section
      className={classes.viewer}
      aria-label={title}
      data-active={active || undefined}
      onPointerEnter={onActivate}
      onFocus={onActivate}
    >
      <div className={classes.bar}>
        <div className={classes.tabs} role="group" aria-label={`${title}: pictures`}>
          {exhibits.map(({ mediaId, label }, index) => (
            <button
              key={mediaId}
              type="button"
              className={classes.tab}
              aria-pressed={index === selected}
              onClick={() => onSelect(index)}
            >
              {label}
              {firstKey + index <= 9 && <kbd aria-hidden>{firstKey + index}</kbd>}
            </button>
          ))}
        </div>
        <Tools dispatch={dispatch} disabled={!exhibit} />
      </div>
      <Stage label={exhibit?.label ?? title} view={view} dispatch={dispatch}>
        {exhibit ? (
          <Picture key={exhibit.mediaId} sessionId={sessionId} exhibit={exhibit} view={view} />
        ) : (
          <Missing>No picture was captured</Missing>
        )}
      </Stage>
    </section>
  );
}

function Tools({ dispatch, disabled }: { dispatch: Dispatch<ViewAction>; disabled: boolean }) {
  const tools: [string, string, typeof IconZoomIn, ViewAction][] = [
    ['Zoom in', '+', IconZoomIn, { type: 'zoom', by: ZOOM_STEP }],
    ['Zoom out', '-', IconZoomOut, { type: 'zoom', by: 1 / ZOOM_STEP }],
    ['Rotate', 'r', IconRotateClockwise2, { type: 'rotate' }],
    ['Brighter', 'b', IconBrightnessUp, { type: 'brightness', direction: 1 }],
    ['Darker', 'Shift b', IconBrightnessDown, { type: 'brightness', direction: -1 }],
    ['Reset', '0', IconRefresh, { type: 'reset' }],
  ];
  return (
    <div className={classes.tools} role="toolbar" aria-label="View">
      {tools.map(([label, key, ToolIcon, action]) => (
        <Tooltip key={label} label={`${label} (${key})`}>
          <ActionIcon size={26} aria-label={label} disabled={disabled} onClick={() => dispatch(action)}>
            <ToolIcon size={16} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  );
}

interface StageProps {
  label: string;
  view: View;
  dispatch: Dispatch<ViewAction>;
  children: ReactNode;
}

/** The area that reacts to wheel, drag, double click and arrow keys. */
function Stage({ label, view, dispatch, children }: StageProps) {
  const ref = useRef<HTMLDivElement>(null);
  const grip = useRef<{ x: number; y: number } | null>(null);

  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    // React's own wheel listeners are passive and couldn't keep the page from scrolling.
    const zoom = (event: WheelEvent) => {
      event.preventDefault();
      dispatch({ type: 'zoom', by: event.deltaY < 0 ? 1.15 : 1 / 1.15, at: fromMiddle(element, event) });
    };
    element.addEventListener('wheel', zoom, { passive: false });
    return () => element.removeEventListener('wheel', zoom);
  }, [dispatch]);

  function drag(event: PointerEvent) {
    if (!grip.current) return;
    dispatch({ type: 'pan', x: event.clientX - grip.current.x, y: event.clientY - grip.current.y });
    grip.current = { x: event.clientX, y: event.clientY };
  }

  function pan(event: KeyboardEvent) {
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [1, 0],
      ArrowRight: [-1, 0],
      ArrowUp: [0, 1],
      ArrowDown: [0, -1],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    dispatch({ type: 'pan', x: step[0] * PAN_STEP, y: step[1] * PAN_STEP });
  }

  return (
    <div
      ref={ref}
      className={classes.stage}
      tabIndex={0}
      role="group"
      aria-label={`${label}; arrow keys move the picture`}
      data-zoomed={view.zoom > 1 || undefined}
      onPointerDown={(event) => {
        if (view.zoom === 1) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        grip.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerMove={drag}
      onPointerUp={() => (grip.current = null)}
      onPointerCancel={() => (grip.current = null)}
      onDoubleClick={(event) => dispatch({ type: 'zoom', by: 2, at: fromMiddle(event.currentTarget, event) })}
      onKeyDown={pan}
    >
      {children}
    </div>
  );
}

function fromMiddle(
  element: HTMLElement,
  event: { clientX: number; clientY: number },
): { x: number; y: number } {
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.x - box.width / 2, y: event.clientY - box.y - box.height / 2 };
}

function Picture({ sessionId, exhibit, view }: { sessionId: string; exhibit: Exhibit; view: View }) {
  const query = useQuery(mediaQuery(sessionId, exhibit.mediaId));
  const url = useObjectUrl(query.data);
  const [box, fit] = useRotatedFit();
  if (query.error) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === null) return <Missing>Yoti may not return this picture</Missing>;
  if (!query.data || !url)
    return <Skeleton className={classes.waiting} role="status" aria-label={`Loading ${exhibit.label}`} />;
  if (!PICTURES.has(query.data.type)) return <OtherFile url={url} type={query.data.type} />;
  const { zoom, x, y, rotation, brightness } = view;
  return (
    <img
      ref={box}
      className={classes.picture}
      src={url}
      alt={exhibit.label}
      draggable={false}
      style={{
        transform: `translate(${x}px, ${y}px) scale(${rotation % 180 === 0 ? zoom : zoom * fit}) rotate(${rotation}deg)`,
        filter: brightness === 1 ? undefined : `brightness(${brightness})`,
      }}
    />
  );
}

/** By how much a picture has to shrink, or may grow, to fill its place when it lies on its side. */
function useRotatedFit(): [RefCallback<HTMLImageElement>, number] {
  const [fit, setFit] = useState(1);
  const ref = useCallback((image: HTMLImageElement | null) => {
    const stage = image?.parentElement;
    if (!stage) return undefined;
    const measure = () => {
      const { offsetWidth: width, offsetHeight: height } = image;
      if (width > 0)
        setFit(Math.min((stage.clientWidth - PADDING) / height, (stage.clientHeight - PADDING) / width));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(image);
    observer.observe(stage);
    return () => observer.disconnect();
  }, []);
  return [ref, fit];
}

const OtherFile = ({ url, type }: { url: string; type: string }) => (
  <div className={classes.missing}>
    <IconFile size={28} stroke={1.5} aria-hidden />
    <Text size="sm">This is a file of type {type || 'unknown'}.</Text>
    <Button component="a" href={url} download size="compact-sm" variant="default">
      Save the file
    </Button>
  </div>
);

const Missing = ({ children }: { children: ReactNode }) => (
  <div className={classes.missing}>
    <IconPhotoOff size={28} stroke={1.5} aria-hidden />
    <Text size="sm">{children}</Text>
  </div>
);

/** An address for the bytes while they are shown; given back afterwards. */
function useObjectUrl(blob: Blob | null | undefined): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return undefined;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
      setUrl(null);
    };
  }, [blob]);
  return url;
}
