/** tfjs-core whole before its gradients: they read flags that the core registers when it loads. */
import '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
