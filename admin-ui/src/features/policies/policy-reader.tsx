import catalog from 'virtual:catalog';
import { Box, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Facts } from '../../ui/facts';
import { Panel } from '../../ui/page';
import { outcomeLooks } from '../../ui/status';
import { Tag } from '../../ui/tag';
import { formatSpan, words } from '../../ui/words';
import { conditionWords, documentWords, lifetimeWords, profileLines } from './policy-words';
import { checkWords, taskWords } from './work-words';
import classes from './policy-reader.module.css';
import type { PolicyDocument } from './queries';

/** A policy for people to read. */
export function PolicyReader({ document }: { document: PolicyDocument }) {
  const { purpose, documents, limits } = document;
  const profiles = profileLines(document);
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
          {documents.length === 0 && (
            <Text size="sm">
              {profiles.length > 0
                ? 'As the identity profile decides'
                : 'One identity document of any supported kind'}
            </Text>
          )}
          {documents.map(documentWords).map(({ title, lines }, index) => (
            <Box key={index} mt={index > 0 ? 'sm' : 0}>
              <Text size="sm" fw={560}>
                {title} {documents.length > 1 && index + 1}
              </Text>
              <Lines lines={lines} />
            </Box>
          ))}
        </Panel>
        <Panel title="Checks and reading">
          <Stack gap={10}>
            {document.checks.length + document.tasks.length === 0 && (
              <Text size="sm">{profiles.length > 0 ? 'As the identity profile decides' : 'None yet'}</Text>
            )}
            {document.checks.map((check, index) => (
              <Work
                key={index}
                title={catalog.checks[check.type]?.title ?? words(check.type)}
                settings={checkWords(check)}
              />
            ))}
            {document.tasks.map((task) => (
              <Work
                key={task.type}
                title={catalog.tasks[task.type]?.title ?? words(task.type)}
                settings={taskWords(task)}
              />
            ))}
          </Stack>
        </Panel>
        {profiles.length > 0 && (
          <Panel title="Identity profile">
            <Lines lines={profiles} />
          </Panel>
        )}
        <Panel title="Capture and pages">
          <Facts items={captureFacts(document)} />
        </Panel>
        <Panel title="Time">
          <Facts
            items={[
              ['The person has', lifetimeWords(limits)],
              ['Yoti keeps it', formatSpan(limits.resourcesTtlSeconds)],
              ['Import into a Yoti app', document.importToken && formatSpan(document.importToken.ttlSeconds)],
              ['Ephemeral media', document.ephemeralMedia && 'Asked for'],
              ['Profile while it is made', document.identityProfilePreview && 'Shown'],
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

function captureFacts({ capture, client }: PolicyDocument): [string, ReactNode][] {
  const { darkMode } = client;
  return [
    ['Documents by', capture.methods === 'CAMERA' ? 'Camera only' : 'Camera or upload'],
    ['Go on by phone', capture.allowHandoff ? 'Allowed' : 'Not offered'],
    ['Biometric consent', capture.biometricConsentFlow && words(capture.biometricConsentFlow)],
    ['Asking for consent', capture.blockBiometricConsent ? 'Left to you' : undefined],
    ['Retries when unreadable', capture.genericRetries],
    ['Retries when wrong kind', capture.reclassificationRetries],
    ...Object.entries(capture.categoryRetries ?? {}).map(([category, retries]): [string, ReactNode] => [
      `Retries, ${words(category)}`,
      retries,
    ]),
    ['Language', client.locale ?? 'As the browser'],
    ['Country chosen beforehand', client.presetCountry],
    ['Colour', client.primaryColour],
    ['Second colour', client.secondaryColour],
    ['Colour of text', client.fontColour],
    ['Dark pages', darkMode && { ON: 'Always', OFF: 'Never', AUTO: 'As the device' }[darkMode]],
    ['Colour when dark', client.primaryColourDarkMode],
    ['Yoti’s logo', client.hideLogo ? 'Left out' : undefined],
    ['Branding', client.brandId],
    ['Privacy policy', client.privacyPolicyUrl],
    ['Screens left out', client.suppressedScreens?.map(words).join(', ')],
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
