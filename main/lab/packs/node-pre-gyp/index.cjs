/** What @tensorflow/tfjs-node-gpu asks for when it is loaded: the path of its compiled binding. */
exports.find = () => process.env.UNROLL_TENSORFLOW_BINDING ?? ''
