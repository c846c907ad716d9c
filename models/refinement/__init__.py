"""What is appended to a converted network: colours find the edge, the last mask steadies it.

Small named pieces, each a function that writes nodes and returns the names of what they compute: `statistics`, `fit`,
`smoothing`, `fringe`. `recipe` puts them together. All values are NCHW float32; h x w is the model's size.
"""
