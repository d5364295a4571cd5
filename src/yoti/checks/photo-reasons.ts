/** Why Yoti could not judge a picture (`NOT_AVAILABLE`); shared by the checks that look at pictures. */
export const photoReasons = {
  BLACK_AND_WHITE_IMAGE: 'The picture is black and white.',
  DOCUMENT_TOO_DAMAGED: 'The document is too damaged to be read.',
  GLARE_OBSTRUCTION: 'A reflection covers part of the picture.',
  IMAGE_RESOLUTION_TOO_LOW: 'The picture has too few pixels.',
  OBJECT_OBSTRUCTION: 'Something covers part of the picture.',
  PARTIAL_PHOTO: 'The picture does not show everything.',
  PHOTO_OVEREXPOSED: 'The picture is too bright.',
  PHOTO_TOO_BLURRY: 'The picture is too blurred.',
  PHOTO_TOO_DARK: 'The picture is too dark.',
  PICTURE_TOO_DARK: 'The picture is too dark.',
  UNABLE_TO_LOAD: 'The picture could not be opened.',
} as const;

/** Why Yoti could not judge a document (`NOT_AVAILABLE`); shared by authenticity and text extraction. */
export const documentReasons = {
  ...photoReasons,
  COUNTRY_NOT_SUPPORTED: "Documents of this country aren't supported.",
  DOCUMENT_NOT_SUPPORTED: "This document isn't supported.",
  DOCUMENT_VERSION_NOT_SUPPORTED: "This version of the document isn't supported.",
  INCORRECT_DOCUMENT_TYPE: 'The document is of another type than stated.',
  INCORRECT_MRZ: 'The machine-readable zone is wrong.',
  INVALID: 'The document is invalid.',
  MISSING_DOCUMENT_SIDE: 'One side of the document is missing.',
  MISUSE: 'The capture was misused.',
  NO_DOCUMENT: 'There is no document in the picture.',
} as const;
