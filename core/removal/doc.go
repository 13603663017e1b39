// Package removal removes a directory with all it holds.
//
// It promises its caller: Every name is resolved in an open directory, no link is followed, and no mount is entered. Another
// directory that somebody moves into the tree's place is not touched. An entry that cannot be removed does not stop the
// others. At any depth a removal needs a bounded number of descriptors, and memory only for the names on its way. Where the
// system has threads to help, they work within a step, with the rights of the thread that takes it.
//
// A tree consists of nodes: the directories that a removal has entered and not yet left. A node counts the references to it,
// and whoever drops the last one goes on with the directory: reads more of it, or removes it and goes up. The tree knows
// nothing of threads, except that several may call it. A team is the threads of a step; it knows nothing of directories,
// except whether there is something to do. A walker is what one thread does in the tree.
package removal
