const KEY = 'countersign.tenant';

/** Id of the tenant this tab acts in. Tabs are independent; a new one starts where the last one was. */
export function currentTenant(): string | null {
  return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
}

export function rememberTenant(id: string): void {
  sessionStorage.setItem(KEY, id);
  localStorage.setItem(KEY, id);
}

export function forgetTenant(): void {
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
}
