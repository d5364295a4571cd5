/** A session's resources when the person is through, for telling what each check works on. */
export interface CapturedResources<Document extends { id: string }> {
  /** Those that satisfied a requirement. */
  idDocuments: readonly Document[];
  /** Id of the newest liveness capture. */
  liveness?: string;
  /** Id of the face picture that the relying business supplied. */
  faceCapture?: string;
}

/** One check of a result: the document it is about, if it is about one, and the ids of all resources it uses. */
export interface CheckRun<Document extends { id: string }> {
  document?: Document;
  resourcesUsed: string[];
}

/** Which checks a requested one becomes. */
export type RunsOn = <Document extends { id: string }>(
  captured: CapturedResources<Document>,
) => CheckRun<Document>[];

const ids = (...some: (string | undefined)[]) => some.filter((id) => id !== undefined);

/** A check for each identity document. */
export const eachIdDocument: RunsOn = ({ idDocuments }) =>
  idDocuments.map((document) => ({ document, resourcesUsed: [document.id] }));

/** A check for each identity document, together with the person's face. */
export const eachIdDocumentWithFace: RunsOn = ({ idDocuments, liveness, faceCapture }) =>
  idDocuments.map((document) => ({ document, resourcesUsed: ids(liveness ?? faceCapture, document.id) }));

/** One check of all identity documents. */
export const allIdDocuments: RunsOn = ({ idDocuments }) => [
  { resourcesUsed: idDocuments.map(({ id }) => id) },
];

/** One check of the supplied face picture and the liveness capture. */
export const bothFaces: RunsOn = ({ liveness, faceCapture }) => [
  { resourcesUsed: ids(faceCapture, liveness) },
];

/** None when the person is through: such checks are made while capturing. */
export const whileCapturing: RunsOn = () => [];
