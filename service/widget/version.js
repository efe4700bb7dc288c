// Replaced by the content hash when the modules are served as one file (`service/bundle.py`).
export const VERSION = 'development';
