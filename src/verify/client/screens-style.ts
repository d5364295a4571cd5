/** The screens of the hosted page, on phones first. */
export const screensStyle = /* css */ `
.card {
  display: flex;
  flex-direction: column;
  gap: 1rem;
  padding: 1.75rem 1.25rem calc(0.5rem + env(safe-area-inset-bottom));
}
.lead {
  display: flex;
  flex-direction: column;
  gap: 1rem;
  flex: 1;
  min-width: 0;
}
.from {
  margin-bottom: -0.5rem;
  color: var(--accent);
  font-size: 0.9375rem;
  font-weight: 600;
}
.purpose {
  color: var(--soft);
  font-size: 1.0625rem;
  white-space: pre-line;
  overflow-wrap: anywhere;
}
.lead h2 {
  margin-top: 0.5rem;
}
.needs {
  display: grid;
  gap: 1rem;
  margin: 0;
  padding: 0;
  list-style: none;
}
.needs li {
  display: flex;
  gap: 0.875rem;
}
.needs strong {
  display: block;
  font-weight: 600;
}
.needs span {
  color: var(--soft);
  font-size: 0.9375rem;
}
/* In reach of the thumb, however long the purpose is. */
.lead .actions {
  position: sticky;
  bottom: 0;
  margin-top: auto;
  padding-block: 0.75rem;
  background: var(--surface);
  box-shadow: 0 -0.75rem 0.75rem -0.25rem var(--surface);
}
.privacy {
  display: flex;
  gap: 0.625rem;
  margin-top: 0.5rem;
  padding: 0.75rem 0.875rem;
  border-radius: 0.75rem;
  background: var(--sunken);
  color: var(--soft);
  font-size: 0.8125rem;
  line-height: 1.45;
}
.privacy .icon {
  width: 1.125rem;
  height: 1.125rem;
  margin-top: 0.0625rem;
  color: inherit;
}
.code {
  display: block;
  width: 11rem;
  height: 11rem;
  padding: 0.25rem;
  border-radius: 0.75rem;
  background: #ffffff;
}
/* The code is for the phone of somebody who sits at another screen. */
.phone {
  display: none;
}
.centred {
  align-items: center;
  justify-content: center;
  text-align: center;
}
.centred > p {
  max-width: 26rem;
}
.centred > p:not(.alert) {
  color: var(--soft);
}
.centred > .actions {
  max-width: 22rem;
  margin-top: 0.5rem;
}
.steps {
  display: grid;
  gap: 0.75rem;
  width: 100%;
  max-width: 22rem;
  margin: 0;
  padding: 1rem;
  border-radius: 0.75rem;
  background: var(--sunken);
  color: var(--soft);
  list-style: none;
  text-align: start;
}
.steps li {
  display: flex;
  align-items: center;
  gap: 0.75rem;
}
.mark {
  display: grid;
  flex: none;
  place-items: center;
  width: 1.5rem;
  height: 1.5rem;
  border: 2px solid var(--soft);
  border-radius: 50%;
}
.mark .icon {
  display: none;
  width: 1rem;
  height: 1rem;
  stroke-width: 3;
  color: var(--surface);
}
.steps [data-state='now'] {
  color: var(--text);
  font-weight: 600;
}
.steps [data-state='now'] .mark {
  border-color: var(--accent);
  box-shadow: inset 0 0 0 3px var(--sunken);
  background: var(--accent);
}
.steps [data-state='over'] .mark {
  border-color: var(--good);
  background: var(--good);
}
.steps [data-state='over'] .icon {
  display: block;
}
.stage {
  position: relative;
  display: grid;
  min-height: 0;
}
[data-showing='frame'] {
  height: 100dvh;
}
#frame,
#frame iframe {
  display: block;
  width: 100%;
  height: 100%;
  border: 0;
}
.connecting {
  position: absolute;
  inset: 0;
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: 1rem;
  background: var(--surface);
  color: var(--soft);
}
.spinner {
  width: 2.25rem;
  height: 2.25rem;
  border: 3px solid var(--line);
  border-top-color: var(--accent);
  border-radius: 50%;
  animation: turn 0.9s linear infinite;
}
.pulse {
  animation: pulse 1.8s ease-in-out infinite;
}
@keyframes turn {
  to {
    transform: rotate(1turn);
  }
}
@keyframes pulse {
  50% {
    transform: scale(1.06);
  }
}
@media (min-width: 48rem) {
  body {
    background: var(--page);
  }
  .bar {
    padding-inline: 2rem;
  }
  main {
    padding: 2rem;
  }
  .card {
    place-self: center;
    width: 100%;
    max-width: 34rem;
    padding: 2.5rem;
    border: 1px solid var(--line);
    border-radius: 1.25rem;
    background: var(--surface);
    box-shadow: var(--shadow);
  }
  .lead .actions {
    position: static;
    box-shadow: none;
    margin-top: 0;
    padding-block: 0.5rem 0;
  }
  [data-showing='frame'] main {
    padding: 0;
  }
  .stage {
    min-height: 605px;
  }
}
@media (min-width: 48rem) and (not (pointer: coarse)) {
  .wide {
    flex-direction: row;
    gap: 0;
    max-width: 58rem;
    padding: 0;
    overflow: hidden;
  }
  .wide .lead {
    padding: 2.5rem;
  }
  .phone {
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 1rem;
    text-align: center;
  }
  .wide .phone {
    flex: none;
    width: 18rem;
    padding: 2rem;
    background: var(--sunken);
    border-inline-start: 1px solid var(--line);
  }
  .phone p {
    color: var(--soft);
    font-size: 0.875rem;
  }
  .centred .code {
    border: 1px solid var(--line);
  }
}
@media (prefers-reduced-motion: reduce) {
  .pulse,
  .spinner {
    animation: none;
  }
}
`;
