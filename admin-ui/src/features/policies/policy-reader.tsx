import catalog from 'virtual:catalog';
import { Box, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Facts } from '../../ui/facts';
import { Panel } from '../../ui/page';
import { outcomeLooks } from '../../ui/status';
import { Tag } from '../../ui/tag';
import { formatSpan, words } from '../../ui/words';
import { conditionWords, expertWords, filterWords } from './policy-words';
import classes from './policy-reader.module.css';
import type { PolicyDocument } from './queries';

/** A policy for people to read. */
export function PolicyReader({ document }: { document: PolicyDocument }) {
  const { purpose, documents, capture, client, limits } = document;
  return (
    <Stack gap="md">
      <Panel title="What the person is told">
        {purpose.title && <Text fw={600}>{purpose.title}</Text>}
        <Text size="sm" maw={720} style={{ whiteSpace: 'pre-line' }}>
          {purpose.text}
        </Text>
      </Panel>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Panel title="Documents">
          {documents.length === 0 && <Text size="sm">One identity document of any supported kind</Text>}
          {documents.map(({ filter }, index) => (
            <Box key={index} mt={index > 0 ? 'sm' : 0}>
              <Text size="sm" fw={560}>
                Identity document {documents.length > 1 && index + 1}
              </Text>
              <Lines lines={filter ? filterWords(filter) : ['Any supported kind']} />
            </Box>
          ))}
        </Panel>
        <Panel title="Checks and reading">
          <Stack gap={10}>
            {document.checks.map((check, index) => (
              <Work
                key={index}
                title={catalog.checks[check.type]?.title ?? words(check.type)}
                settings={checkSettings(check)}
              />
            ))}
            {document.tasks.map((task) => (
              <Work
                key={task.type}
                title={catalog.tasks[task.type]?.title ?? words(task.type)}
                settings={taskSettings(task)}
              />
            ))}
          </Stack>
        </Panel>
        <Panel title="Capture and pages">
          <Facts
            items={[
              ['Documents by', capture.methods === 'CAMERA' ? 'Camera only' : 'Camera or upload'],
              ['Go on by phone', capture.allowHandoff ? 'Allowed' : 'Not offered'],
              ['Biometric consent', capture.biometricConsentFlow && words(capture.biometricConsentFlow)],
              ['Retries when unreadable', capture.genericRetries],
              ['Retries when wrong kind', capture.reclassificationRetries],
              ['Language', client.locale ?? 'As the browser'],
              ['Colour', client.primaryColour],
              ['Privacy policy', client.privacyPolicyUrl],
              ['Screens left out', client.suppressedScreens?.map(words).join(', ')],
            ]}
          />
        </Panel>
        <Panel title="Time">
          <Facts
            items={[
              ['The person has', formatSpan(limits.tokenTtlSeconds)],
              ['Yoti keeps it', formatSpan(limits.resourcesTtlSeconds)],
            ]}
          />
        </Panel>
      </SimpleGrid>
      <Panel title="Decision">
        <Rules decision={document.decision} />
      </Panel>
    </Stack>
  );
}

const Lines = ({ lines }: { lines: string[] }) => (
  <ul className={classes.lines}>
    {lines.map((line) => (
      <li key={line}>{line}</li>
    ))}
  </ul>
);

const Work = ({ title, settings }: { title: string; settings: string[] }) => (
  <div>
    <Text size="sm" fw={560}>
      {title}
    </Text>
    <Text size="xs" c="dimmed">
      {settings.join(' · ')}
    </Text>
  </div>
);

function checkSettings(check: PolicyDocument['checks'][number]): string[] {
  if (check.type !== 'LIVENESS') return [expertWords(check.manualCheck)];
  const attempts = check.maxRetries ?? 1;
  const how = check.livenessType === 'ZOOM' ? 'Moving closer' : 'One picture';
  return [how, attempts === 1 ? 'one attempt' : `${attempts} attempts`];
}

function taskSettings(task: PolicyDocument['tasks'][number]): string[] {
  return [
    expertWords(task.manualCheck),
    ...(task.chipData === 'DESIRED' ? ['reads the chip'] : []),
    ...(task.expandedFields ? ['every field with its source'] : []),
  ];
}

const outcomes = {
  approve: outcomeLooks.approved,
  reject: outcomeLooks.rejected,
  review: outcomeLooks.in_review,
};

function OutcomeOf({ outcome }: { outcome: keyof typeof outcomes }) {
  const { tone, icon } = outcomes[outcome];
  return (
    <Tag tone={tone} icon={icon}>
      {words(outcome)}
    </Tag>
  );
}

function Rules({ decision: { rules, otherwise } }: { decision: PolicyDocument['decision'] }) {
  return (
    <ol className={classes.rules}>
      {rules.length === 0 && <Rule outcome="approve" title="Every check is approved" />}
      {rules.map(({ name, when, outcome }) => (
        <Rule key={name} outcome={outcome} title={name}>
          {when.map(conditionWords).join(', and ')}
        </Rule>
      ))}
      <Rule outcome={otherwise} title="Otherwise" />
    </ol>
  );
}

const Rule = ({
  outcome,
  title,
  children,
}: {
  outcome: keyof typeof outcomes;
  title: string;
  children?: ReactNode;
}) => (
  <li className={classes.rule}>
    <OutcomeOf outcome={outcome} />
    <div>
      <Text size="sm" fw={560}>
        {title}
      </Text>
      {children && (
        <Text size="xs" c="dimmed">
          {children}
        </Text>
      )}
    </div>
  </li>
);
