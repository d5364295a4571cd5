/**
 * Loads another page of the console from the server: whatever this one has read is forgotten with it.
 *
 * @param path below the console's own address
 */
export function leaveFor(path: string): void {
  location.assign(import.meta.env.BASE_URL + path);
}
