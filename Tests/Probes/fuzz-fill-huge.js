// killed by heap limit
// class: array
// memory is asked for before the work is charged
new Array(4e9).fill(0);
