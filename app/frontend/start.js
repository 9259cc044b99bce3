// The only line of JavaScript that is ours: it loads the module, which does the rest.
import init from './grille.js';

init({ module_or_path: '/pkg/grille.wasm' });
