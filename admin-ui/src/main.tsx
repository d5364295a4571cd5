import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './ui/tokens.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/query-client';
import { reloadOnNewVersion, reloadWhenRestored } from './api/reload';
import { router } from './router';
import { KeyboardProvider } from './ui/keyboard';
import { cssVariables, theme } from './ui/theme';

reloadOnNewVersion();
reloadWhenRestored();

const root = document.getElementById('root');
if (!root) throw new Error('The page has no root.');

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={localStorageColorSchemeManager({ key: 'countersign.colours' })}
    >
      <QueryClientProvider client={queryClient}>
        <KeyboardProvider>
          <Notifications position="bottom-right" limit={3} autoClose={5000} />
          <RouterProvider router={router} />
        </KeyboardProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
