// Nothing: what starting costs before there is a program.
