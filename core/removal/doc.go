// Package removal removes a directory with all it holds.
//
// It promises its caller that no name is resolved but in an open directory, that no link is followed and no mount entered,
// and that no other directory is touched that somebody moves into the tree's place. An entry that cannot be removed does not
// stop the others. At any depth a removal has at most OpenDirectories directories open and a few more for an instant, and
// memory for the names of the directories on its way. Where the system has threads to help, they work within a step, in the
// name of the thread that takes it.
//
// A tree is made of nodes, the directories that are at work. A node holds a reference to the one above, and the thread that
// ends the last node below a directory goes on with that directory. The tree knows nothing of threads but that several may
// call it. A team is the threads of a step; it knows nothing of directories but whether there is something to do. A walker
// is what one thread does in the tree.
package removal
