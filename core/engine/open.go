package engine

import "libtempfile/core/object"

// What all classes of files have in common when they are made.

// fileMode checks what says how a file is used.
func (o *Options) fileMode() (mode, error) {
	m, err := parseMode(o.Mode)
	if err == nil {
		m.state, err = checkText(o, m)
	}
	if err == nil {
		err = o.check()
	}
	return m, err
}

// planOpen checks the options of a file that is on disk from the start, and settles where.
func (e *Engine) planOpen(o *Options) (m mode, plan *Plan, err error) {
	if m, err = o.fileMode(); err == nil {
		plan, err = e.PlanFile(o)
	}
	return m, plan, err
}

// initialize fills the state of a new file.
func initialize(s *object.State, kind object.Kind, descriptor int, o *Options, m mode) {
	*s = object.State{Kind: kind, Descriptor: int32(descriptor), Permissions: o.Permissions, MaxSize: o.MaxSize, ReadAhead: o.readAhead()}
	s.Text = m.state
	s.Set(object.FlagText, m.text)
	s.Set(object.FlagReadable, m.readable)
	s.Set(object.FlagWritable, m.writable)
	s.Set(object.FlagNoTmpfile, o.NoTmpfile)
	s.Set(object.FlagOnlyTmpfile, o.OnlyTmpfile)
}
