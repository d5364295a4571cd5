import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { catalogModule } from './vite/catalog.js';

const server = process.env.API_URL ?? 'http://127.0.0.1:3000';

export default defineConfig({
  base: '/console/',
  plugins: [react(), catalogModule()],
  // The server's content security policy allows no inline scripts and no data: addresses except for images.
  build: {
    target: 'es2022',
    // The first browsers with light-dark(): what older ones would need instead of it doesn't follow the switch.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 5173, proxy: { '/v1': server, '/openapi.json': server } },
});
