#!/bin/sh
# Finds meter, or installs the package: PRICE_CHECK_METER is the command for the next steps.
set -eu

if [ -n "${PRICE_CHECK_METER:-}" ]; then
  found=$PRICE_CHECK_METER
elif [ -x node_modules/.bin/meter ]; then
  found=$PWD/node_modules/.bin/meter
elif command -v meter >/dev/null 2>&1; then
  found=meter
else
  npm install --global --no-fund --no-audit "meter-cli@${PRICE_CHECK_VERSION:-latest}"
  found=meter
fi
echo "meter: $found"
if [ -n "${GITHUB_ENV:-}" ]; then echo "PRICE_CHECK_METER=$found" >>"$GITHUB_ENV"; fi
