"""Publishing: versions, their manifests and pages, the swap that makes them visible, serving."""
