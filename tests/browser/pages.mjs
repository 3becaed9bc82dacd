// Every page that one looks at without changing anything.

/** Pages of somebody who is signed in, of a project with any number of values. */
export const PAGES = {
  projects: "/",
  tokens: "/tokens",
  account: "/account",
  device: "/login/device",
  "device-unknown": "/login/device?code=BCDF-GHJK",
  secrets: "/projects/shop",
  compare: "/projects/shop/compare",
  members: "/projects/shop/members",
  audit: "/projects/shop/audit",
  verified: "/projects/shop/audit?verify=yes",
  set: "/projects/shop/environments/dev/set",
  refused: "/projects/nowhere",
};

/** Pages of a project in which there are values; `{name}` is one of them. */
export const FILLED = {
  secret: "/projects/shop/secrets/{name}",
  "set-one": "/projects/shop/environments/prod/set?name={name}",
  differences: "/projects/shop/compare?from=test&to=prod",
};
