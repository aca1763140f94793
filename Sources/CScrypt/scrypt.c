#include "CScrypt.h"
