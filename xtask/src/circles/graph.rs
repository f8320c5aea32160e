//! Cycles in a graph, and the shortest path around each.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Edges by their source.
pub(super) type Graph = BTreeMap<usize, BTreeSet<usize>>;

/// Returns all cycles: sets of nodes each of which leads to every other (strongly connected components, by Tarjan).
pub(super) fn circles(graph: &Graph) -> Vec<BTreeSet<usize>> {
    let mut search = Search { graph, numbers: BTreeMap::new(), lowest: BTreeMap::new(), open: Vec::new(), found: Vec::new() };
    for node in graph.keys() {
        if !search.numbers.contains_key(node) {
            search.visit(*node);
        }
    }
    search.found.retain(|circle| circle.len() > 1);
    search.found
}

struct Search<'a> {
    graph: &'a Graph,
    /// In the order in which nodes were visited.
    numbers: BTreeMap<usize, usize>,
    /// The lowest number that a node leads to.
    lowest: BTreeMap<usize, usize>,
    open: Vec<usize>,
    found: Vec<BTreeSet<usize>>,
}

impl Search<'_> {
    fn visit(&mut self, node: usize) {
        let number = self.numbers.len();
        self.numbers.insert(node, number);
        self.open.push(node);
        let mut lowest = number;
        for next in self.graph.get(&node).into_iter().flatten() {
            if let Some(reached) = self.numbers.get(next) {
                if self.open.contains(next) {
                    lowest = lowest.min(*reached);
                }
            } else {
                self.visit(*next);
                lowest = lowest.min(self.lowest[next]);
            }
        }
        self.lowest.insert(node, lowest);
        if lowest == number {
            let begin = self.open.iter().position(|open| *open == node).unwrap_or_default();
            self.found.push(self.open.split_off(begin).into_iter().collect());
        }
    }
}

/// Returns the shortest path within a cycle that ends where it begins; the first node is not repeated.
pub(super) fn shortest(graph: &Graph, circle: &BTreeSet<usize>) -> Vec<usize> {
    let ways = circle.iter().filter_map(|node| way_back(graph, circle, *node));
    ways.min_by_key(Vec::len).unwrap_or_default()
}

fn way_back(graph: &Graph, circle: &BTreeSet<usize>, start: usize) -> Option<Vec<usize>> {
    let mut came_from = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for next in graph.get(&node)?.intersection(circle) {
            if *next == start {
                let mut way = vec![node];
                while let Some(before) = came_from.get(&way[way.len() - 1]) {
                    way.push(*before);
                }
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(next) {
                came_from.insert(*next, node);
                queue.push_back(*next);
            }
        }
    }
    None
}
