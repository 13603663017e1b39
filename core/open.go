package core

// What all classes of files have in common when they are made.

// fileMode checks what says how a file is used.
func (o *Options) fileMode() (mode, error) {
	m, err := parseMode(o.Mode)
	if err == nil {
		m.textState, err = checkText(o, m)
	}
	if err == nil {
		err = o.check()
	}
	return m, err
}

// planOpen checks the options of a file that is on disk from the start, and settles where.
func (l *Library) planOpen(o *Options) (m mode, plan *Plan, err error) {
	if m, err = o.fileMode(); err == nil {
		plan, err = l.PlanFile(o)
	}
	return m, plan, err
}

// fileIn gives the file whose storage was just filled, unless there is an error.
func (l *Library) fileIn(storage Storage, err error) (*File, error) {
	if err != nil {
		return nil, err
	}
	return &File{l, storage}, nil
}

// initialize fills the state of a new file.
func initialize(s *State, kind Kind, descriptor int, o *Options, m mode) {
	*s = State{Kind: kind, Descriptor: int32(descriptor), Permissions: o.Permissions, MaxSize: o.MaxSize, ReadAhead: o.readAhead()}
	s.Text = m.textState
	s.set(flagText, m.text)
	s.set(flagReadable, m.readable)
	s.set(flagWritable, m.writable)
	s.set(flagNoTmpfile, o.NoTmpfile)
	s.set(flagOnlyTmpfile, o.OnlyTmpfile)
}
