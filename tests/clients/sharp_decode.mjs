#!/usr/bin/env node
// SPDX-License-Identifier: CC0-1.0
// Decodes every image under DIR with npm's sharp (libvips), 4 at a time, straight from the path.
// usage: NODE_PATH unused; run from a folder whose node_modules holds sharp, or set SHARP_DIR.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
const require = createRequire(join(process.env.SHARP_DIR ?? process.cwd(), 'x.js'));
const sharp = require('sharp');
sharp.cache(false);
const files = readdirSync(process.argv[2], { recursive: true, withFileTypes: true })
  .filter(e => e.isFile() && /\.(jpe?g|png|webp|tiff?|gif|avif)$/i.test(e.name))
  .map(e => join(e.parentPath ?? e.path, e.name));
let bad = 0, px = 0, next = 0;
const t0 = Date.now();
async function worker() {
  while (next < files.length) {
    const f = files[next++];
    try {
      const { info } = await sharp(f, { failOn: 'error' }).raw().toBuffer({ resolveWithObject: true });
      px += info.width * info.height;
    } catch (e) { bad++; console.error('sharp:', f, e.message.split('\n')[0]); }
  }
}
await Promise.all([1, 2, 3, 4].map(worker));
console.log(`sharp_decode files=${files.length} undecodable=${bad} mpixel=${(px / 1e6).toFixed(1)} seconds=${((Date.now() - t0) / 1e3).toFixed(2)}`);
process.exit(files.length && !bad ? 0 : 1);
