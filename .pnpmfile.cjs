// Corrections of what packages from elsewhere say of themselves.

/** canonicalize asks for Node 22 since 5.0, but uses nothing that Node 20 lacks; the benchmark compares with it on both. */
function readPackage(manifest) {
  if (manifest.name === 'canonicalize') delete manifest.engines;
  return manifest;
}

module.exports = { hooks: { readPackage } };
