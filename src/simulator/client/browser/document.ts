import {
  VisitError,
  type Api,
  type Country,
  type DocumentStatus,
  type Ends,
  type Requirement,
} from './api.js';
import { hasCamera, NoCamera, pickFile, takePhotos, toUpload } from './camera.js';
import { ask, button, h, icon, show, showBusy } from './dom.js';

type Choice = { country: Country; type: string; pages: number };
/** Photos of the pages; none when a specimen stands in. */
type Capture = { method: 'CAMERA' | 'UPLOAD'; photos: string[]; previews: string[] };

const NAMES: Record<string, string> = {
  NATIONAL_ID: 'National identity card',
  STATE_ID: 'State ID',
  NEXUS_CARD: 'NEXUS card',
  SCIS: 'Secure Certificate of Indian Status',
  CITIZENCARD: 'CitizenCard',
  POSTOFFICE: 'Post Office PASS card',
  YOUNGSCOT: 'Young Scot card',
  PAN: 'PAN card',
  MYKAD: 'MyKad',
  AADHAAR: 'Aadhaar',
};

/** How a document type is called on the buttons. */
export function documentName(type: string): string {
  const words = type.replaceAll('_', ' ').toLowerCase();
  return NAMES[type] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

async function chooseCountry(countries: Country[], preset: string | undefined): Promise<Country> {
  const [first] = countries;
  if (countries.length === 1 && first) return first;
  const sorted = countries.toSorted((a, b) => a.name.localeCompare(b.name));
  const code = await ask<string>((choose) => {
    const select = h(
      'select',
      { id: 'country' },
      ...sorted.map(({ code: value, name }) =>
        h('option', { value, selected: value === (preset ?? 'GBR') }, name),
      ),
    );
    show(
      'Where was your document issued?',
      h('label', { for: 'country' }, 'Issuing country'),
      select,
      h(
        'div',
        { class: 'actions' },
        button('Continue', 'primary', () => choose(select.value)),
      ),
    );
  });
  return sorted.find((country) => country.code === code) ?? sorted[0] ?? { code, name: code, documents: [] };
}

async function chooseDocument(country: Country): Promise<Choice> {
  const type = await ask<string | undefined>((choose) => {
    show(
      'Choose your document',
      h('p', { class: 'hint' }, `Issued by ${country.name}.`),
      h(
        'ul',
        { class: 'choices' },
        ...country.documents.map((document) =>
          h(
            'li',
            {},
            h(
              'button',
              { type: 'button', class: 'choice', click: () => choose(document.type) },
              icon('document'),
              h('span', {}, documentName(document.type)),
              icon('next'),
            ),
          ),
        ),
      ),
      h(
        'div',
        { class: 'actions' },
        button("I don't have any of these", 'link', () => choose(undefined)),
      ),
    );
  });
  if (type === undefined) throw new VisitError(7000);
  return { country, type, pages: country.documents.find((one) => one.type === type)?.pages ?? 1 };
}

type Way = 'specimen' | 'camera' | 'upload';

function chooseWay(title: string, canUpload: boolean, alert: string): Promise<Way> {
  return ask<Way>((choose) => {
    show(
      title,
      h('div', { class: 'illustration' }, icon('document')),
      h(
        'p',
        { class: 'hint' },
        'Lay it on a dark surface in good light. All four corners must be visible, without glare.',
      ),
      alert !== '' && h('p', { class: 'alert', role: 'alert' }, alert),
      h(
        'div',
        { class: 'actions' },
        hasCamera() && button('Open camera', 'primary', () => choose('camera'), 'camera'),
        canUpload && button('Upload a file', 'secondary', () => choose('upload'), 'upload'),
        button('Use a specimen document', 'simulator', () => choose('specimen'), 'specimen'),
      ),
    );
  });
}

async function capturePages(api: Api, requirement: Requirement, choice: Choice): Promise<Capture> {
  const canUpload = requirement.allowed_capture_methods === 'CAMERA_AND_UPLOAD';
  const name = documentName(choice.type).toLowerCase();
  const photos: string[] = [];
  let method: Capture['method'] = 'CAMERA';
  let alert = '';
  while (photos.length < choice.pages) {
    const side = choice.pages === 1 ? 'Photo' : photos.length === 0 ? 'Front' : 'Back';
    const title = `${side} of your ${name}`;
    const way = await chooseWay(title, canUpload, alert);
    if (way === 'specimen')
      return { method: 'CAMERA', photos: [], previews: await specimens(api, requirement, choice) };
    try {
      if (way === 'upload') method = 'UPLOAD';
      photos.push(...(way === 'upload' ? [await pickFile()] : await photograph(title)));
      alert = '';
    } catch (error) {
      if (!(error instanceof NoCamera)) throw error;
      alert = error.message;
    }
  }
  return { method, photos, previews: photos };
}

const photograph = (title: string) =>
  takePhotos({
    title,
    hint: 'Fit the document into the frame and hold still.',
    shutter: 'Take photo',
    facing: 'environment',
    count: 1,
  });

function specimens(api: Api, requirement: Requirement, { country, type, pages }: Choice): Promise<string[]> {
  showBusy('Preparing a specimen');
  return Promise.all(
    Array.from({ length: pages }, (_, page) =>
      api.specimen('document', {
        requirement: requirement.id,
        country: country.code,
        type,
        page: String(page),
      }),
    ),
  );
}

function confirmImages(previews: string[]): Promise<boolean> {
  return ask<boolean>((choose) => {
    show(
      'Is the image clear?',
      h('p', { class: 'hint' }, 'Everything must be readable and nothing cut off.'),
      h(
        'div',
        { class: 'previews' },
        ...previews.map((src, page) =>
          h('img', {
            src,
            alt: page === 0 ? 'Front of the captured document' : 'Back of the captured document',
          }),
        ),
      ),
      h(
        'div',
        { class: 'actions' },
        button('Image is clear', 'primary', () => choose(true)),
        button('Try again', 'secondary', () => choose(false)),
      ),
    );
  });
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function submit(api: Api, requirement: Requirement, choice: Choice, capture: Capture) {
  showBusy('Checking your document');
  const { id } = await api.submitDocument({
    requirementId: requirement.id,
    country: choice.country.code,
    documentType: choice.type,
    captureMethod: capture.method,
    pages: capture.photos.map(toUpload),
  });
  let status: DocumentStatus = await api.documentStatus(id);
  while (status.state === 'PENDING') {
    await pause(250);
    status = await api.documentStatus(id);
  }
  return status;
}

const DETAILS: Record<string, string> = {
  DOCUMENT_TYPE_MISMATCH: 'This is another document than the one you chose.',
  EXPIRED_DOCUMENT: 'This document has expired. Use one that is still valid.',
};

async function explainRetry({ recommendation }: DocumentStatus): Promise<void> {
  const detail = recommendation.reason?.detail ?? '';
  await ask<void>((choose) => {
    show(
      "We couldn't use that image",
      h('div', { class: 'illustration warn' }, icon('warning')),
      h(
        'p',
        { class: 'hint' },
        DETAILS[detail] ?? 'Make sure that the document is in focus and fully visible.',
      ),
      h(
        'div',
        { class: 'actions' },
        button('Try again', 'primary', () => choose()),
      ),
    );
  });
}

/** Captures one required document. @returns how the scenario ends the visit there, if it does */
export async function captureDocument(
  api: Api,
  requirement: Requirement,
  countries: Country[],
  preset: string | undefined,
): Promise<Ends> {
  for (;;) {
    const choice = await chooseDocument(await chooseCountry(countries, preset));
    const capture = await capturePages(api, requirement, choice);
    if (!(await confirmImages(capture.previews))) continue;
    const status = await submit(api, requirement, choice, capture);
    if (status.accepted || status.ends !== null) return status.ends;
    if (status.attemptsRemaining === 0) throw new VisitError(4001);
    await explainRetry(status);
  }
}
