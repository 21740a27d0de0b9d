# syntax=docker/dockerfile:1
# One image for each process: docker build --build-arg APP=api|worker|streamer|simulator|cli .
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
ARG APP
WORKDIR /app
ENV TURBO_TELEMETRY_DISABLED=1
COPY package.json package-lock.json .npmrc turbo.json tsconfig.base.json ./
COPY packages packages
COPY apps apps
RUN --mount=type=cache,target=/root/.npm npm ci --include=dev
RUN npx turbo run build --filter="@botcriptofy/${APP}"

# What the process needs to run and nothing else: its own dependencies and those of the packages it uses.
FROM ${NODE_IMAGE} AS production
ARG APP
WORKDIR /app
COPY --from=build /app/package.json /app/package-lock.json /app/.npmrc ./
COPY --from=build /app/packages packages
COPY --from=build /app/apps apps
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --workspace "apps/${APP}"

FROM ${NODE_IMAGE}
ARG APP
ENV NODE_ENV=production APP=${APP}
WORKDIR /app
COPY --from=production --chown=node:node /app ./
COPY --chown=node:node migrations migrations
USER node
CMD ["sh", "-c", "exec node apps/$APP/dist/main.js"]
