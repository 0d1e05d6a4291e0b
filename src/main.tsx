import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.layer.css';
import '@mantine/dropzone/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './theme.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { App } from './App';
import { PageBoundary } from './components/shell/PageBoundary';
import { countUploads } from './state/traffic';
import { cssVariables, theme } from './theme';

// The page's security policy forbids code made from strings, which zod would otherwise try.
z.config({ jitless: true });
countUploads();

function mount(): void {
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root');
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        colorSchemeManager={localStorageColorSchemeManager({ key: 'hone.scheme' })}
      >
        <Notifications position="bottom-center" autoClose={6000} />
        <PageBoundary>
          <App />
        </PageBoundary>
      </MantineProvider>
    </StrictMode>,
  );
}

// `npm run tune` opens this address: the same engine without screens.
if (location.pathname === '/headless') void import('./headless/page');
else mount();
