import type { Archive } from './recipes.ts'

/**
 * The CUDA 12 libraries of TensorFlow 2.21's extra `and-cuda`, each at the newest version within the bounds of its
 * Requires-Dist in November 2026, and of those what TensorFlow opens, and what that opens in turn. Left out are
 * nvidia-curand (TensorFlow names no function of it), nvidia-cuda-nvcc (a compiler, for XLA alone), and libraries
 * of the others that nothing here opens (several GPUs, profiling, Fortran, alternative builds).
 */
export const cudaArchives: readonly Archive[] = [
  cuda(
    'nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl',
    581_217_458,
    'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
    'nvidia/cublas/lib',
    ['libcublas.so.12', 'libcublasLt.so.12'],
  ),
  cuda(
    'nvidia_cuda_cupti_cu12-12.9.79-py3-none-manylinux_2_25_x86_64.whl',
    10_814_997,
    '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
    'nvidia/cuda_cupti/lib',
    ['libcupti.so.12'],
  ),
  cuda(
    'nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    89_568_129,
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
    'nvidia/cuda_nvrtc/lib',
    ['libnvrtc.so.12', 'libnvrtc-builtins.so.12.9'],
  ),
  cuda(
    'nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    3_493_179,
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    'nvidia/cuda_runtime/lib',
    ['libcudart.so.12'],
  ),
  cuda(
    'nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl',
    716_538_495,
    '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
    'nvidia/cudnn/lib',
    [
      'libcudnn.so.9',
      'libcudnn_adv.so.9',
      'libcudnn_cnn.so.9',
      'libcudnn_engines_precompiled.so.9',
      'libcudnn_engines_runtime_compiled.so.9',
      'libcudnn_engines_tensor_ir.so.9',
      'libcudnn_ext.so.9',
      'libcudnn_graph.so.9',
      'libcudnn_heuristic.so.9',
      'libcudnn_ops.so.9',
    ],
  ),
  cuda(
    'nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    200_877_592,
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
    'nvidia/cufft/lib',
    ['libcufft.so.11'],
  ),
  cuda(
    'nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl',
    338_117_415,
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    'nvidia/cusolver/lib',
    ['libcusolver.so.11'],
  ),
  cuda(
    'nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    366_465_088,
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
    'nvidia/cusparse/lib',
    ['libcusparse.so.12'],
  ),
  cuda(
    'nvidia_nccl_cu12-2.32.3-py3-none-manylinux_2_27_x86_64.whl',
    351_526_311,
    'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
    'nvidia/nccl/lib',
    ['libnccl.so.2'],
  ),
  cuda(
    'nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    39_748_338,
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
    'nvidia/nvjitlink/lib',
    ['libnvJitLink.so.12'],
  ),
]

function cuda(file: string, bytes: number, sha256: string, folder: string, names: readonly string[]): Archive {
  return { file, bytes, sha256, libraries: names.map((name) => `${folder}/${name}`) }
}
