package core

// Unnamed creates a file without a name and hands over its descriptor. See the package's function.
func (l *Library) Unnamed(o *Options) (descriptor int, err error) {
	o = o.orDefault()
	plan, err := l.PlanFile(o)
	if err != nil {
		return -1, err
	}
	return plan.createUnnamed(o.NoTmpfile, o.OnlyTmpfile)
}

// TemporaryFile creates a file without a name. See the package's function.
func (l *Library) TemporaryFile(o *Options) (*File, error) { return l.TemporaryFileIn(&memory{}, o) }

// TemporaryFileIn creates a file without a name that keeps its state in a storage.
func (l *Library) TemporaryFileIn(storage Storage, o *Options) (*File, error) {
	o = o.orDefault()
	m, plan, err := l.planOpen(o)
	if err != nil {
		return nil, err
	}
	descriptor, err := plan.createUnnamed(o.NoTmpfile, o.OnlyTmpfile)
	if err != nil {
		return nil, err
	}
	initialize(storage.State(), KindUnnamed, descriptor, o, m)
	return &File{l, storage}, nil
}
